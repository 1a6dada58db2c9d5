"""The alert rules of a site as one TOML file: reading back what was written gives the same rules; checked whole."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from data.analytics.rule_params import Wrong, WrongRule, checked
from data.rule_shapes import SetRule
from data.toml_text import toml_value

VERSION = 1


class WrongRuleFile(ValueError):
    """Everything that is wrong with a file, each with the rule it stands in ("" for the file itself)."""

    def __init__(self, wrongs: Sequence[tuple[str, Wrong]]) -> None:
        super().__init__("; ".join(f"{place}: {wrong.code} {dict(wrong.facts)}" for place, wrong in wrongs))
        self.wrongs = tuple(wrongs)


def rules_text(rules: Sequence[SetRule]) -> str:
    """One `[[rule]]` each, in order."""
    return "\n".join([f"version = {VERSION}\n", *(_rule(rule.entry()) for rule in rules)])


def _rule(entry: Mapping[str, Any]) -> str:
    params = entry["params"]
    lines = ["[[rule]]", *(f"{name} = {toml_value(value)}" for name, value in entry.items() if name != "params")]
    plain = {name: value for name, value in params.items() if not isinstance(value, Mapping)}
    lines += ["", "[rule.params]", *(f"{name} = {toml_value(value)}" for name, value in plain.items())]
    for name, table in params.items():
        if isinstance(table, Mapping):
            lines += ["", f"[rule.params.{name}]", *(f"{key} = {toml_value(value)}" for key, value in table.items())]
    return "\n".join(lines) + "\n"


def read_rules(text: str) -> tuple[SetRule, ...]:
    """The rules of a file. Raises WrongRuleFile with everything that is wrong with it."""
    try:
        file = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise WrongRuleFile([("", Wrong("no_toml", {"error": str(wrong)[:200]}))]) from wrong
    unknown = sorted(file.keys() - {"version", "rule"})
    wrongs = [("", Wrong("unknown", {"name": name, "allowed": "version, rule"})) for name in unknown]
    if file.get("version") != VERSION:
        wrongs.append(("", Wrong("version", {"value": str(file.get("version"))[:20], "allowed": VERSION})))
    entries = file.get("rule", [])
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        raise WrongRuleFile([*wrongs, ("", Wrong("no_rules", {}))])
    found: dict[str, SetRule] = {}
    for number, entry in enumerate(entries, start=1):
        place = str(entry.get("name") or f"[[rule]] {number}")[:60]
        try:
            rule = checked(entry)
        except WrongRule as wrong:
            wrongs += [(place, one) for one in wrong.wrongs]
            continue
        if rule.name in found:
            wrongs.append((place, Wrong("twice", {"name": rule.name})))
        found[rule.name] = rule
    if wrongs:
        raise WrongRuleFile(wrongs)
    return tuple(found.values())
