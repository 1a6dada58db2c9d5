"""Checking what somebody wrote as a contingency plan: whole, with every wrong entry, where it stands, what was expected
and what came."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from data.analytics.rule_params import TOLD_AT, Wrong
from data.plan_shapes import Plan, PlanAction, PlanLevel, PlanTrigger, Words
from data.vocabulary import Language, Level

VERSION = 1
ID = re.compile(r"[a-z0-9][a-z0-9_.-]{0,59}")
# Of a post: digits and what stands between them, then perhaps an extension.
PHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{3,24}( ?(anexo|ext\.?) ?[0-9]{1,6})?")
LONGEST_NAME, LONGEST_WORDS = 160, 1000
LONGEST_LEAD = 30 * 1440  # minutes
TOP = ("version", "title", "document", "level")
DOCUMENT = ("name", "edition", "source", "note")
LEVEL = ("id", "name", "description", "cumulative", "trigger", "action")
TRIGGER = ("rule", "least", "pressure", "provisional")
ACTION = ("id", "words", "institution", "role", "phone", "lead_minutes", "provisional")


class WrongPlan(ValueError):
    """Everything that is wrong with a plan, each with the place it stands at ("" for the file itself)."""

    def __init__(self, wrongs: Sequence[tuple[str, Wrong]]) -> None:
        super().__init__("; ".join(f"{place}: {wrong.code} {dict(wrong.facts)}" for place, wrong in wrongs))
        self.wrongs = tuple(wrongs)


def checked_plan(entries: Mapping[str, Any], rules: Sequence[str] | None = None) -> Plan:
    """The plan of the entries of a file. `rules`: those of the place that may propose a level; None: not asked here.

    Raises WrongPlan with everything that is to be mended.
    """
    wrongs: list[tuple[str, Wrong]] = []
    top = _Table(entries, "", wrongs, TOP)
    if type(entries.get("version")) is not int or entries["version"] != VERSION:
        top.wrong("version", name="version", value=_short(entries.get("version")), allowed=VERSION)
    document = _Table(top.table("document"), "[document]", wrongs, DOCUMENT)
    title = top.words("title", LONGEST_NAME)
    name, edition = document.text("name", LONGEST_NAME), document.text("edition", LONGEST_NAME)
    source, note = document.text("source", LONGEST_WORDS), document.words("note", LONGEST_WORDS, needed=False)
    rows = top.tables("level")
    if not rows:
        top.wrong("no_levels")
    levels = tuple(_level(row, number, wrongs, rules) for number, row in enumerate(rows, start=1))
    _twice([(f"[[level]] {one.number}", one.level) for one in levels], wrongs)
    _twice([(_place(one, place), action.action) for one in levels for place, action in _numbered(one)], wrongs)
    if wrongs:
        raise WrongPlan(wrongs)
    return Plan(title, name, edition, source, note, levels)


def rule_wrongs(plan: Plan, rules: Sequence[str]) -> list[tuple[str, Wrong]]:
    """Triggers that name what is no rule of the place. `rules`: those that may propose a level."""
    return [
        (f"[[level]] {one.number} ({one.level}), [[level.trigger]] {place}", _no_rule(trigger.rule, rules))
        for one in plan.levels
        for place, trigger in enumerate(one.triggers, start=1)
        if trigger.rule is not None and trigger.rule not in rules
    ]


def _no_rule(name: str, rules: Sequence[str]) -> Wrong:
    return Wrong("rule", {"value": name, "allowed": ", ".join(rules)})


def _numbered(level: PlanLevel) -> list[tuple[int, PlanAction]]:
    return list(enumerate(level.actions, start=1))


def _place(level: PlanLevel, number: int) -> str:
    return f"[[level]] {level.number} ({level.level}), [[level.action]] {number}"


def _twice(named: Sequence[tuple[str, str]], wrongs: list[tuple[str, Wrong]]) -> None:
    """A name that stands where another one has it already."""
    first: dict[str, str] = {}
    for place, name in named:
        if name and name in first:
            wrongs.append((place, Wrong("twice", {"value": name, "where": first[name]})))
        first.setdefault(name, place)


def _level(
    row: Mapping[str, Any], number: int, wrongs: list[tuple[str, Wrong]], rules: Sequence[str] | None
) -> PlanLevel:
    place = f"[[level]] {number}" + (f" ({_short(row['id'])})" if isinstance(row.get("id"), str) else "")
    read = _Table(row, place, wrongs, LEVEL)
    triggers = [_trigger(one, f"{place}, [[level.trigger]] {n}", wrongs, rules) for n, one in _rows(read, "trigger")]
    actions = [_action(one, f"{place}, [[level.action]] {n}", wrongs) for n, one in _rows(read, "action")]
    if triggers and not actions:
        read.wrong("no_actions")
    return PlanLevel(
        level=read.name("id"),
        number=number,
        name=read.words("name", LONGEST_NAME),
        description=read.words("description", LONGEST_WORDS),
        cumulative=read.flag("cumulative"),
        triggers=tuple(triggers),
        actions=tuple(actions),
    )


def _rows(read: _Table, name: str) -> list[tuple[int, Mapping[str, Any]]]:
    return list(enumerate(read.tables(name), start=1))


def _trigger(
    row: Mapping[str, Any], place: str, wrongs: list[tuple[str, Wrong]], rules: Sequence[str] | None
) -> PlanTrigger:
    read = _Table(row, place, wrongs, TRIGGER)
    by_pressure = "pressure" in row
    if by_pressure == ("rule" in row) or ("least" in row and "rule" not in row):
        read.wrong("trigger")
    least = read.level("pressure" if by_pressure else "least")
    rule = None if by_pressure else read.text("rule", LONGEST_NAME)
    if rule and rules is not None and rule not in rules:
        wrongs.append((place, _no_rule(rule, rules)))
    return PlanTrigger(rule, least, read.flag("provisional"))


def _action(row: Mapping[str, Any], place: str, wrongs: list[tuple[str, Wrong]]) -> PlanAction:
    read = _Table(row, place, wrongs, ACTION)
    phone = read.text("phone", LONGEST_NAME, needed=False)
    if phone and not PHONE.fullmatch(phone):
        read.wrong("phone", value=_short(phone))
    return PlanAction(
        action=read.name("id"),
        words=read.words("words", LONGEST_WORDS),
        institution=read.text("institution", LONGEST_NAME),
        lead_minutes=read.whole("lead_minutes", 1, LONGEST_LEAD),
        role=read.text("role", LONGEST_NAME, needed=False),
        phone=phone,
        provisional=read.flag("provisional"),
    )


class _Table:
    """Entries of one place of the file. What is wrong is kept, and something of the right type stands in for it."""

    def __init__(
        self, row: Mapping[str, Any], place: str, wrongs: list[tuple[str, Wrong]], allowed: tuple[str, ...]
    ) -> None:
        self._row, self._place, self._wrongs = row, place, wrongs
        for name in row:
            if name not in allowed:
                self.wrong("unknown", name=_short(name), allowed=", ".join(allowed))

    def wrong(self, code: str, **facts: Any) -> None:
        self._wrongs.append((self._place, Wrong(code, facts)))

    def _missing(self, name: str) -> bool:
        if name not in self._row:
            self.wrong("missing", name=name)
        return name not in self._row

    def text(self, name: str, most: int, needed: bool = True) -> str:
        if name not in self._row and not needed:
            return ""
        if self._missing(name):
            return ""
        said = _plain(self._row[name], most, 1 if needed else 0)
        if said is None:
            self.wrong("text", name=name, value=_short(self._row[name]), most=most)
        return said or ""

    def words(self, name: str, most: int, needed: bool = True) -> Words:
        """One text for all languages, or one for each that is named."""
        if name not in self._row and not needed:
            return {}
        if self._missing(name):
            return {}
        value = self._row[name]
        each = value if isinstance(value, Mapping) else {"": value}
        said = {language: _plain(text, most, 1) for language, text in each.items()}
        known = all(language in ("", *Language) for language in each)
        if not each or not known or any(text is None for text in said.values()):
            self.wrong("words", name=name, value=_short(value), most=most)
            return {}
        return {language: text for language, text in said.items() if text is not None}

    def name(self, name: str) -> str:
        if self._missing(name):
            return ""
        value = self._row[name]
        if not isinstance(value, str) or not ID.fullmatch(value):
            self.wrong("id", name=name, value=_short(value))
            return ""
        return value

    def level(self, name: str) -> Level:
        if self._missing(name):
            return Level.CRITICAL
        if self._row[name] not in [str(one) for one in TOLD_AT]:
            self.wrong("choice", name=name, value=_short(self._row[name]), allowed=", ".join(TOLD_AT))
            return Level.CRITICAL
        return Level(self._row[name])

    def whole(self, name: str, least: int, most: int) -> int:
        if self._missing(name):
            return least
        value = self._row[name]
        if type(value) is not int or not least <= value <= most:
            self.wrong("whole", name=name, value=_short(value), least=least, most=most)
            return least
        return value

    def flag(self, name: str) -> bool:
        value = self._row.get(name, False)
        if type(value) is not bool:
            self.wrong("flag", name=name, value=_short(value))
            return False
        return value

    def table(self, name: str) -> Mapping[str, Any]:
        if self._missing(name):
            return {}
        value = self._row[name]
        if not isinstance(value, Mapping):
            self.wrong("table", name=name, value=_short(value))
            return {}
        return value

    def tables(self, name: str) -> list[Mapping[str, Any]]:
        value = self._row.get(name, [])
        if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
            self.wrong("tables", name=name, value=_short(value))
            return []
        return value


def _plain(value: Any, most: int, least: int) -> str | None:
    """One line of text; None for what is none, is too long, or holds signs that nobody can read."""
    said = " ".join(value.split()) if isinstance(value, str) else None
    return said if said is not None and least <= len(said) <= most and said.isprintable() else None


def _short(value: Any) -> str:
    return "–" if value is None else str(value)[:60]
