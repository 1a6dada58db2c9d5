"""A scenario in words: how long people stay, what a line needs and why that is known or not, its arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data.types import CounterRate, NeedAt, NoNeed, Offered, ScenarioLine, StayBasis, Stays
from data.vocabulary import State
from layouts.resource_words import amount, with_unit
from layouts.translator import Translator


def stay_words(stays: Stays, t: Translator) -> str:
    if stays.hours is None:
        return t("need.stay_unknown")
    said = t(f"need.stay_{stays.basis}", stay=t.duration(stays.hours * 60))
    if stays.basis is not StayBasis.OBSERVED or stays.present is None or stays.arrivals is None:
        return said
    return f"{said}: {t('need.little', present=amount(stays.present, t), arrivals=amount(stays.arrivals, t))}"


def line_name(line: ScenarioLine, t: Translator) -> str:
    return t("need.counters") if line.service is None else t.word("service", str(line.service))


def unit_of(line: ScenarioLine, t: Translator) -> str:
    return t("need.counters_unit") if line.service is None else t.word("unit", line.unit)


def why_words(why: NoNeed, line: ScenarioLine, t: Translator) -> str:
    if why is NoNeed.NOT_FROM_ARRIVALS and line.standard is not None:
        return t("need.why.not-from-arrivals", denominator_name=t(f"denominator.{line.standard.denominator}"))
    return t(f"need.why.{why}")


def shortfall_words(one: NeedAt, line: ScenarioLine, t: Translator) -> str:
    """faltan 48 letrinas; nothing is missing; nobody reported what there is."""
    if one.required is None:
        return ""
    if one.shortfall is None:
        key = "need.reserved" if line.offered.masked else "need.up_to"
        return t(key, amount=with_unit(one.required, "", t), unit_name=unit_of(line, t))
    if one.shortfall <= 0:
        return t("need.enough")
    key = "need.short_up_to" if line.offered.at_least else "need.short"
    return t(key, amount=amount(one.shortfall, t), unit_name=unit_of(line, t))


def there_words(offered: Offered, unit: str, t: Translator) -> str:
    """What there is, and from when; silence is told as silence."""
    if offered.masked and offered.amount is None:
        return t("word.masked")
    if offered.amount is None:
        return t("need.not_comparable") if offered.by else t("word.no_report")
    said = f"{amount(offered.amount, t)} {unit}".strip()
    said = f"{t('word.at_least')} {said}" if offered.at_least else said
    return t("need.old", said=said, at=offered.at) if offered.state is State.STALE else said


def covered_by(offered: Offered, t: Translator) -> str:
    """Every institution that covers it, each with what it gives where that is told."""
    if not offered.by:
        return t("word.no_actor")
    return ", ".join(_with(name, given, t) for name, given in offered.by.items())


def _with(name: str, given: float | None, t: Translator) -> str:
    return name if given is None else f"{name} ({amount(given, t)})"


def arithmetic(line: ScenarioLine, one: NeedAt, rate: CounterRate | None, t: Translator) -> list[tuple[str, Any]]:
    """Name of the line (`need.line.<name>`) and what it says, for one scenario."""
    if one.required is None:
        return []
    needed = f"{amount(one.required, t)} {unit_of(line, t)}"
    found: list[tuple[str, Any]] = []
    if line.service is None:
        found += _counters(one, rate, needed, t)
    elif line.standard is not None:
        found += _counted(line, one, t)
        facts: Mapping[str, Any] = {
            "people": amount(one.counted or 0.0, t),
            "value": amount(line.standard.value, t),
            "needed": amount(one.required, t),
            "unit_name": unit_of(line, t),
        }
        key = f"coverage.need.{line.standard.per}"
        found.append(("need", t("need.per_day", **facts) if key.endswith("person-day") else t(key, **facts)))
    if one.shortfall is not None and line.offered.amount is not None:
        facts = {"needed": amount(one.required, t), "there": amount(line.offered.amount, t)}
        left = {"gap": amount(one.shortfall, t), "unit_name": unit_of(line, t)}
        found.append(("short", t("need.subtracted" if one.shortfall > 0 else "need.more_than", **facts, **left)))
    return found


def _counted(line: ScenarioLine, one: NeedAt, t: Translator) -> list[tuple[str, Any]]:
    standard, scenario = line.standard, one.scenario
    if standard is None or scenario.stay_hours is None or standard.denominator == "arrivals":
        return []
    key = "need.person_hours" if standard.denominator == "person-hours" else "need.present"
    facts = {"people": amount(scenario.people, t), "hours": amount(scenario.stay_hours, t)}
    return [("people", t(key, counted=amount(one.counted or 0.0, t), **facts))]


def _counters(one: NeedAt, rate: CounterRate | None, needed: str, t: Translator) -> list[tuple[str, Any]]:
    if rate is None or one.counted is None:
        return []
    each = {
        name: t.number(60 / value, 1) for name, value in (("mean", rate.value), ("low", rate.high), ("high", rate.low))
    }
    arriving = {"people": amount(one.scenario.people, t), "arriving": t.number(one.counted, 1)}
    target = {"target_minutes": rate.target_hours * 60, "target_share": rate.target_share}
    return [
        ("arriving", t("need.arriving", **arriving)),
        ("each", t("need.each", seen_minutes=rate.hours * 60, **each)),
        ("floor", t("need.floor", counters=one.floor)),
        ("need", t("need.target", needed=needed, **target)),
    ]
