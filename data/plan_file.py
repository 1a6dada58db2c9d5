"""A contingency plan as one TOML file: what was written is read back as the same plan, to the letter."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from data.analytics.rule_params import Wrong
from data.plan_checks import VERSION, WrongPlan, checked_plan
from data.plan_shapes import Plan, PlanAction, PlanLevel, PlanTrigger, Words
from data.toml_text import NoToml, parsed_toml, toml_value
from data.vocabulary import Language

NESTED = ("trigger", "action")


def read_plan(text: str, rules: Sequence[str] | None = None) -> Plan:
    """`rules`: those of the place that may propose a level; None: not asked here.

    Raises WrongPlan with everything that is wrong with the file.
    """
    try:
        entries = parsed_toml(text)
    except NoToml as wrong:
        raise WrongPlan([("", Wrong("no_toml", {"error": str(wrong)}))]) from wrong
    return checked_plan(entries, rules)


def plan_text(plan: Plan) -> str:
    entries = plan_entries(plan)
    parts = [f"version = {VERSION}\ntitle = {_value(entries['title'])}\n", _block("[document]", entries["document"])]
    for level in entries["level"]:
        parts.append(_block("[[level]]", {name: value for name, value in level.items() if name not in NESTED}))
        parts += [_block(f"[[level.{kind}]]", row) for kind in NESTED for row in level[kind]]
    return "\n".join(parts)


def plan_sha(plan: Plan) -> str:
    return hashlib.sha256(plan_text(plan).encode()).hexdigest()


def plan_entries(plan: Plan) -> dict[str, Any]:
    """As the file says it: plain values, every entry with its value. `checked_plan` makes the plan of it again."""
    note = {"note": _words(plan.note)} if plan.note else {}
    return {
        "version": VERSION,
        "title": _words(plan.title),
        "document": {"name": plan.document, "edition": plan.edition, "source": plan.source, **note},
        "level": [_level(one) for one in plan.levels],
    }


def _level(one: PlanLevel) -> dict[str, Any]:
    return {
        "id": one.level,
        "name": _words(one.name),
        "description": _words(one.description),
        "cumulative": one.cumulative,
        "trigger": [_trigger(row) for row in one.triggers],
        "action": [_action(row) for row in one.actions],
    }


def _trigger(one: PlanTrigger) -> dict[str, Any]:
    says = {"pressure": str(one.least)} if one.rule is None else {"rule": one.rule, "least": str(one.least)}
    return {**says, "provisional": one.provisional}


def _action(one: PlanAction) -> dict[str, Any]:
    reached = {name: value for name, value in (("role", one.role), ("phone", one.phone)) if value}
    return {
        "id": one.action,
        "words": _words(one.words),
        "institution": one.institution,
        **reached,
        "lead_minutes": one.lead_minutes,
        "provisional": one.provisional,
    }


def _words(words: Words) -> Any:
    """A text for all languages stands alone; others in one order, so that the same plan is the same file."""
    if set(words) == {""}:
        return words[""]
    return {language: words[language] for language in ("", *map(str, Language)) if language in words}


def _block(head: str, row: Mapping[str, Any]) -> str:
    return "\n".join([head, *(f"{name} = {_value(value)}" for name, value in row.items())]) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        inside = ", ".join(f"{name or toml_value(name)} = {toml_value(text)}" for name, text in value.items())
        return f"{{ {inside} }}"
    return toml_value(value)
