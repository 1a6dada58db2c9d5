"""A standard in words: what it asks for, since when and by whom, and what is wrong with one."""

from __future__ import annotations

from typing import Any

from data.types import HeldStandard
from layouts import elements as html
from layouts.board import Tree
from layouts.translator import Translator

FIRST_YEAR = 1970  # a rule of a site's first file holds for all time before


def standard_words(value: float, per: str, unit: str, t: Translator) -> str:
    return t(f"standard.{per}", number=value, unit_name=t.word("unit", unit))


def held_words(one: HeldStandard, t: Translator) -> str:
    """What it asks for; for short stays; whether anybody approved it."""
    told = one.standard
    if one.withdrawn:
        return t("standards.withdrawn")
    said = [standard_words(told.value, told.per, told.unit, t)]
    if told.transit_value is not None:
        said.append(t("standards.transit", number=told.transit_value, unit_name=t.word("unit", told.unit)))
    if told.provisional:
        said.append(t("coverage.provisional"))
    return " · ".join(said)


def since_words(one: HeldStandard, t: Translator, local: str = "local") -> str:
    told = one.standard
    who = t("desk.at_the_machine") if told.set_by == local else told.set_by
    if told.valid_from is None or told.valid_from.year <= FIRST_YEAR:
        return t("standards.always_by", who=who)
    return t("standards.since_by", since_at=told.valid_from, who=who)


def wrong_words(code: str, facts: dict[str, Any], t: Translator) -> str:
    return t(f"standards.wrong.{code}", **facts)


def source_tree(text: str, t: Translator) -> Tree:
    """The words of a source, and a link where it names an address."""
    words, scheme, link = text.partition("http")
    if not scheme:
        return html.Span(text)
    return html.Span([words.rstrip(" ,"), " ", html.A(t("word.document"), href=f"http{link}", rel="noreferrer")])
