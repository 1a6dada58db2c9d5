"""What `caudal rules` makes of what was typed: a changed rule, or the sentence that says what to mend."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NoReturn

import click
from sqlalchemy import Connection

from dashboard.commands.ground import stop
from data.alert_rules import UnknownRule, rule_named, rules_in_force
from data.analytics.rule_params import Wrong, checked
from data.types import SetRule, Site
from layouts.rule_words import wrong_words
from layouts.translator import Translator


def changed_rule(
    conn: Connection, place: Site, name: str, now: datetime, said: dict[str, Any], t: Translator, must_be: bool = False
) -> SetRule:
    """The rule that is there with what was said of it; or a new one. Raises WrongRule."""
    try:
        there = rule_named(conn, place.site, name, now)
    except UnknownRule:
        if must_be or said.get("kind") is None:
            stop(_no_such(conn, place, name, now, t))
        return checked({"name": name, **said})
    kind = said.pop("kind", None) or str(there.kind)
    entry = there.entry()
    if kind != there.kind:
        return checked({"name": name, "kind": kind, **said})
    return checked({**entry, **said, "params": {**entry["params"], **said.get("params", {})}})


def given(params: tuple[str, ...]) -> dict[str, Any]:
    """`limit=500`, `of=arrivals`, `rules=surge,pressure`: a number, a word, or words with commas between them."""
    found: dict[str, Any] = {}
    for text in params:
        name, _, value = text.partition("=")
        found[name.strip()] = [one.strip() for one in value.split(",")] if name == "rules" else _number(value.strip())
    return found


def _number(text: str) -> Any:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def mend(wrongs: Sequence[tuple[str, Wrong]], t: Translator) -> NoReturn:
    for place, one in wrongs:
        said = wrong_words(one.code, dict(one.facts), t)
        click.echo(t("rules.in_file", place=place, said=said) if place else said, err=True)
    stop(t.n("rules.nothing_changed", len(wrongs)))


def _no_such(conn: Connection, place: Site, name: str, now: datetime, t: Translator) -> str:
    known = ", ".join(rule.name for rule in rules_in_force(conn, place.site, now))
    return t("rules.no_such", name=name, site=place.site, known=known)
