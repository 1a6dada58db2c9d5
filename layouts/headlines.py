"""From a figure of the arithmetic to a headline in words: value, note, origin."""

from __future__ import annotations

from collections.abc import Mapping

from data.types import Kpi
from data.vocabulary import LEVEL_ORDER, State
from layouts.board import KpiView
from layouts.parts import STATE_WORD
from layouts.translator import Translator


def kpi_view(kpi: Kpi, t: Translator) -> KpiView:
    return KpiView(
        name=kpi.name,
        label=t(f"kpi.{kpi.name}.label"),
        value=_plain(kpi.value),
        text=value_text(kpi, t),
        note=_note(kpi, t),
        origin=_origin(kpi, t),
        state=str(kpi.state),
        as_of=kpi.as_of.isoformat() if kpi.as_of else None,
        bound="low" if kpi.at_least else None,
        word=None if kpi.word is None else (t.maybe(kpi.word) or kpi.word),
        level=_level(kpi),
        approved=kpi.approved,
        method=None if kpi.method is None else str(kpi.method),
        coverage=_coverage(kpi, t),
        holds="" if kpi.holds_for is None else t.word("basis", kpi.holds_for),
    )


def kpi_views(kpis: Mapping[str, Kpi], t: Translator) -> dict[str, KpiView]:
    return {name: kpi_view(kpi, t) for name, kpi in kpis.items()}


def _plain(value: float | None) -> float | int | None:
    if value is None:
        return None
    number = round(float(value), 2)  # numpy numbers are not JSON
    return int(number) if number.is_integer() else number


def value_text(kpi: Kpi, t: Translator) -> str:
    if kpi.unit == "level" and kpi.value is None:
        return t("level.no-data")
    if kpi.state is State.NEVER and kpi.word:
        return t(kpi.word)
    if kpi.state in STATE_WORD:
        return t(STATE_WORD[kpi.state])
    if kpi.value is None:
        return t("word.no_report")
    if kpi.unit == "minutes":
        return t.short_duration(kpi.value)
    if kpi.unit == "level":
        return t(f"level.{LEVEL_ORDER[int(kpi.value)]}")
    if kpi.unit == "ratio":
        return t.percent(kpi.value)
    return t.number(round(kpi.value))


def _note(kpi: Kpi, t: Translator) -> str:
    """What qualifies the number comes before what explains it."""
    word = t.maybe(kpi.word) if kpi.word and kpi.unit == "ratio" else None
    worst = kpi.unit == "level" and kpi.value == len(LEVEL_ORDER) - 1  # nothing is above it
    said = [
        t("word.at_least") if kpi.at_least and kpi.value is not None and not worst else "",
        t("word.provisional") if kpi.state is State.PROVISIONAL else "",
        t("revision.approved", who=kpi.approved) if kpi.approved else "",
        t("agreement.doubted") if kpi.doubts else "",
        word or "",
        t.sentence(kpi.note),
    ]
    return " · ".join(part for part in said if part)


def _origin(kpi: Kpi, t: Translator) -> str:
    method = "" if kpi.method is None else t(f"method.{kpi.method}")
    return " · ".join(part for part in (method, t.word("source", kpi.source or "")) if part)


def _coverage(kpi: Kpi, t: Translator) -> str:
    """How the number came to be and how much of its time was observed."""
    said = [] if kpi.method is None else [f"{t('agreement.method')}: {t(f'method.{kpi.method}')}"]
    if kpi.hours is not None and kpi.hours_asked is not None:
        observed = t("agreement.hours_of", seen=round(kpi.hours), asked=round(kpi.hours_asked))
        said.append(f"{t('agreement.hours')}: {observed}")
    return "; ".join(said)


def _level(kpi: Kpi) -> str | None:
    if kpi.unit != "level":
        return None
    return "no-data" if kpi.value is None else str(LEVEL_ORDER[int(kpi.value)])
