"""The form of an alert rule: its fields from a rule, and a rule from what was typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from data.analytics.rule_params import PARAMS, Param, checked, usual_entry
from data.types import RuleField, SetRule
from data.vocabulary import RuleKind

FRAME = ("name", "kind", "level", "pending", "recovering", "no_data", "enabled", "reason")
LONGEST_VALUE = 40


def typed_of(rule: SetRule) -> dict[str, str]:
    """What the form holds for a rule that is there."""
    entry = rule.entry()
    typed = {name: _text(entry[name]) for name in FRAME if name not in ("enabled", "reason")}
    typed |= {"enabled": "1"} if rule.enabled else {}
    for row in PARAMS[rule.kind]:
        typed |= _typed(row, rule.params[row.name])
    return typed


def typed_new(kind: RuleKind) -> dict[str, str]:
    """What the form holds before anybody has typed."""
    entry = usual_entry(kind)
    typed = {name: _text(entry[name]) for name in FRAME if name not in ("name", "enabled", "reason")}
    typed["enabled"] = "1"
    for row in PARAMS[kind]:
        if row.default is not None:
            typed |= _typed(row, row.default)
    return typed


def _typed(row: Param, value: Any) -> dict[str, str]:
    if row.kind == "names":
        return {f"p.{row.name}.{name}": "1" for name in value}
    if row.kind == "limits":
        return {
            f"p.{row.name}.{part}.{place}": _text(float(one))
            for part, steps in value.items()
            for place, one in enumerate(steps)
        }
    return {f"p.{row.name}": _text(value)}


def _text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def fields_of(kind: RuleKind, typed: Mapping[str, str], names: Sequence[str]) -> tuple[RuleField, ...]:
    """`names`: the rules that one made of others may name."""
    return tuple(_field(row, typed, names) for row in PARAMS[kind])


def _field(row: Param, typed: Mapping[str, str], names: Sequence[str]) -> RuleField:
    key = f"p.{row.name}"
    if row.kind == "names":
        chosen = tuple(name for name in names if typed.get(f"{key}.{name}"))
        return RuleField(row.name, row.kind, choices=tuple(names), chosen=chosen)
    if row.kind == "limits":
        parts = {
            part: tuple(typed.get(f"{key}.{part}.{place}", "") for place in range(3)) for part in dict(row.default)
        }
        return RuleField(row.name, row.kind, parts=parts)
    return RuleField(row.name, row.kind, typed.get(key, ""), row.choices)


def rule_of(typed: Mapping[str, str]) -> SetRule:
    """Raises WrongRule with everything that is to be mended."""
    kind = typed.get("kind", "")
    if kind not in list(RuleKind):
        return checked({"name": typed.get("name", ""), "kind": kind})
    entry: dict[str, Any] = {
        "name": typed.get("name", "").strip(),
        "kind": kind,
        "level": typed.get("level", ""),
        "enabled": bool(typed.get("enabled")),
        "reason": typed.get("reason", "").strip(),
    }
    for name in ("pending", "recovering", "no_data"):
        entry[name] = _number(typed.get(name, ""), whole=True)
    entry["params"] = {row.name: value for row in PARAMS[RuleKind(kind)] if (value := _given(row, typed)) is not None}
    return checked(entry)


def _given(row: Param, typed: Mapping[str, str]) -> Any:
    """None for what was left empty."""
    key = f"p.{row.name}"
    if row.kind == "names":
        return [name.removeprefix(f"{key}.") for name in typed if name.startswith(f"{key}.") and typed[name]]
    if row.kind == "limits":
        return {
            part: [_number(typed.get(f"{key}.{part}.{place}", "")) for place in range(3)] for part in dict(row.default)
        }
    text = typed.get(key, "").strip()
    if row.kind in ("choice", "text"):
        return text if key in typed else None
    return _number(text, row.kind == "whole") if text else None


def _number(text: str, whole: bool = False) -> Any:
    """A number as people type it, with a comma or a point; what is none stays as it is, to be told."""
    said = text.strip()[:LONGEST_VALUE]
    try:
        return int(said) if whole else float(said.replace(",", "."))
    except ValueError:
        return said
