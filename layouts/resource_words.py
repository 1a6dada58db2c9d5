"""Resources in words: a partner's own words stay as they are, the product's own are told in the page's language."""

from __future__ import annotations

from datetime import datetime, timedelta

from data.types import KindTotal
from data.vocabulary import ResourceGroup
from layouts.translator import Translator


def seen_words(at: datetime, now: datetime, t: Translator) -> str:
    """13:05 (hace 25 min); of another day with its date. These pages stand still: an age is told as it was then."""
    when = t.time(at) if t.local(at).date() == t.local(now).date() else t.moment(at)
    return t("resources.seen", at=when, age_minutes=max((now - at) / timedelta(minutes=1), 0))


def kind_words(kind: str, group: ResourceGroup, t: Translator) -> str:
    """Counters are known by their stage."""
    if group is ResourceGroup.COUNTERS and t.has(f"stage.{kind}"):
        return t("resources.counters_of", stage=kind)
    return t(f"resource_group.{group}") if kind == str(group) else kind


def state_words(state: str, t: Translator) -> str:
    return t.word("resource_state", state)


def amount(value: float, t: Translator) -> str:
    return t.number(value, 1 if abs(value) < 100 and not float(value).is_integer() else 0)


def with_unit(value: float, unit: str, t: Translator) -> str:
    return f"{amount(value, t)} {t.word('unit', unit)}" if unit else amount(value, t)


def total_words(one: KindTotal, t: Translator) -> str:
    """The sum of what is reported lately; what older counts say stands beside it, never in it."""
    if one.quantity is None and one.old_quantity is not None and one.old_at is not None:
        return t("resources.only_old", amount=with_unit(one.old_quantity, one.unit, t), old_at=one.old_at)
    assert one.quantity is not None, "a kind is known by a reading, of now or an old one"
    said = with_unit(one.quantity, one.unit, t)
    if one.old_quantity is None or one.old_at is None:
        return said
    return t("resources.and_old", said=said, amount=with_unit(one.old_quantity, one.unit, t), old_at=one.old_at)


def available_words(available: float | None, at_least: bool, t: Translator) -> str:
    if available is None:
        return t("resources.unknown")
    said = amount(available, t)
    return f"{t('word.at_least')} {said}" if at_least else said
