"""How numbers of referrals are said: a number, at least a number, reserved, or that nobody reported it."""

from __future__ import annotations

from datetime import timedelta

from data.types import Sum, Window
from layouts.translator import Translator

AT_LEAST = "≥\u00a0"
MINUTE = timedelta(minutes=1)


def referred_words(row: Sum | None, t: Translator) -> str:
    if row is None:
        return t("word.no_report")
    if row.hidden:
        return AT_LEAST + "1" if row.some else t("word.masked")
    return (AT_LEAST if row.reserved else "") + t.number(round(row.referred))


def state_words(row: Sum | None, name: str, t: Translator) -> str:
    """`name`: accepted, closed or overdue. 25 de 40 (62 %): of the referrals whose reports say it."""
    if row is None:
        return t("word.no_report")
    if row.states_hidden:
        return t("word.masked")
    count, base = getattr(row.states, name), getattr(row.states, f"{name}_of")
    if not base:
        return t("word.no_data") if not count else t.number(round(count))
    said = t("referrals.of", people=round(count), base=round(base))
    return (AT_LEAST if row.reserved_states else "") + said


def share_words(row: Sum | None, name: str, t: Translator) -> str:
    share = share_of(row, name)
    return "" if share is None else t.percent(share)


def share_of(row: Sum | None, name: str) -> float | None:
    """None where nobody said, or where it is reserved."""
    if row is None or row.states_hidden:
        return None
    base = getattr(row.states, f"{name}_of")
    return getattr(row.states, name) / base if base else None


def row_name(by: str, name: str, t: Translator) -> str:
    """Institutions and pathways are the partners' own words."""
    if by in ("need", "withheld"):
        said = t.word("need", name)
        return t("referrals.code", code=name, words=said) if len(name) == 2 else said
    if by == "priority":
        return t(f"priority.{name}")
    return name


def span_words(span: Window, t: Translator) -> str:
    return t("referrals.span", first=t.full_date(span.start), last=t.full_date(span.end - MINUTE))
