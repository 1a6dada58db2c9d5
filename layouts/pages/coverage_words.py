"""One service against its standard in words: what is missing, and the arithmetic line by line."""

from __future__ import annotations

from typing import Any

from data.types import ServiceCoverage
from data.vocabulary import State
from layouts import elements as html
from layouts.board import Tree
from layouts.pages.pieces import bar, bounded, missing_words
from layouts.standard_words import source_tree
from layouts.translator import Translator

# From here on a percentage is one that somebody should look at: more was given than anybody needs.
OVER = 1.005


def measured(one: ServiceCoverage) -> bool:
    return one.standard_value is not None or one.delivered is None


def percent_words(one: ServiceCoverage, t: Translator) -> str:
    if one.masked and one.ratio is None:
        return t("word.masked")
    if one.ratio is None or one.state is State.MISSING:
        return ""
    return bounded(t.percent(one.ratio), one.at_least)


def missing_phrase(one: ServiceCoverage, t: Translator) -> Tree:
    """faltan 12 letrinas"""
    if one.gap and not (one.masked or one.state is State.MASKED):
        key = "coverage.missing_up_to" if one.at_least else "coverage.missing"
        return html.B(t(key, gap=one.gap, unit=one.unit))
    number, unit = missing_words(one, t)
    return html.Span([html.B(number), *([] if not unit or unit.endswith("%") else [" ", unit])])


def covered_cell(one: ServiceCoverage, t: Translator) -> Tree:
    """The percentage opens to how it was worked out; without a script too."""
    percent = percent_words(one, t)
    over: list[Any] = []
    if one.ratio is not None and one.ratio > OVER and percent:
        over = [html.Span(t("coverage.over"), className="over-mark", title=t("coverage.over_says"))]
    drawn = bar(one.level, one.ratio if percent else None, measured(one))
    told = html.Span([html.Span(done_of(one, t), className="counted"), *over], className="counted-line")
    if one.standard_value is None or one.masked:
        more = [html.P(t("word.masked_why"), className="quiet")] if one.masked else []
        return html.Div([html.Div([html.Span(percent, className="ratio"), drawn, told], className="covered"), *more])
    lines = [part for name, said in arithmetic(one, t) for part in (html.Dt(t(f"coverage.line.{name}")), html.Dd(said))]
    shown = percent or t("coverage.no_percent")
    ratio = html.Span(shown, className="ratio" if percent else "ratio ratio-none")
    summary = html.Summary([html.Span([ratio, drawn, told], className="covered")])
    return html.Details([summary, html.Dl(lines, className="facts coverage-lines")], className="coverage-open")


def done_of(one: ServiceCoverage, t: Translator) -> str:
    """x de y, and contacts where they say something else."""
    if one.masked and one.delivered is None:
        return ""
    unit = t.word("unit", one.unit) if one.unit else ""
    done = t("word.no_report") if one.delivered is None else f"{_amount(one.delivered, t)} {unit}".strip()
    if one.at_least:
        done = f"{t('word.at_least')} {done}"
    if one.standard_value is not None and one.required is not None:
        done = t("word.done_of", done=done, needed=f"{_amount(one.required, t)} {unit}".strip())
    contacts = [] if one.contacts is None else [t("word.contacts", number=round(one.contacts))]
    return " · ".join([done, *(said for said in contacts if said != done)])


def arithmetic(one: ServiceCoverage, t: Translator) -> list[tuple[str, Any]]:
    """Name of the line (`coverage.line.<name>`) and what it says."""
    assert one.standard_value is not None
    unit = t.word("unit", one.unit) if one.unit else ""
    lines: list[tuple[str, Any]] = [("standard", _standard(one, unit, t)), ("source", _source(one, t))]
    lines.append(("people", _people(one, t)))
    if one.required is not None:
        lines.append(("need", _need(one, unit, t)))
    if one.delivered is not None:
        lines.append(("done", _done(one, unit, t)))
    if one.ratio is not None and one.required and one.delivered is not None:
        facts = {"done": _amount(one.delivered, t), "needed": _amount(one.required, t)}
        lines.append(("coverage", t("coverage.divided", percent=t.percent(one.ratio), **facts)))
        left = {"gap": _amount(one.gap or 0, t), "unit_name": unit}
        lines.append(("gap", t("coverage.subtracted", **facts, **left)))
    if one.needed_per_hour is not None and one.done_per_hour is not None:
        facts = {"done": _amount(one.done_per_hour, t), "needed": _amount(one.needed_per_hour, t)}
        lines.append(("pace", t("coverage.pace", unit_name=unit, **facts)))
    if one.as_of is not None:
        lines.append(("time", t("coverage.reported_until", until_at=one.as_of)))
    elif one.silent_since is not None:
        lines.append(("time", t("coverage.silent_since", since_at=one.silent_since)))
    return lines


def _standard(one: ServiceCoverage, unit: str, t: Translator) -> str:
    said = [t(f"standard.{one.standard_per}", number=one.standard_value, unit_name=unit), t(f"phase.{one.phase}")]
    if one.standard_since is not None and one.standard_since.year > 1970:
        said.append(t("coverage.since_at", since_at=one.standard_since))
    if one.transit:
        said.append(t("coverage.short_stay"))
    if one.standard_provisional:
        said.append(t("coverage.provisional"))
    return " · ".join(said)


def _source(one: ServiceCoverage, t: Translator) -> Tree:
    return source_tree(one.standard_source or "", t)


def _people(one: ServiceCoverage, t: Translator) -> str:
    name = t(f"denominator.{one.denominator}")
    if one.denominator_value is None:
        return t("coverage.no_denominator", denominator_name=name)
    return t("coverage.people", number=_amount(one.denominator_value, t), denominator_name=name)


def _need(one: ServiceCoverage, unit: str, t: Translator) -> str:
    facts: dict[str, Any] = {
        "people": _amount(one.denominator_value or 0, t),
        "value": _amount(one.standard_value or 0, t),
        "needed": _amount(one.required or 0, t),
        "unit_name": unit,
    }
    if one.standard_per == "per-person-day" and one.since is not None and one.until is not None:
        hours = (one.until - one.since).total_seconds() / 3600
        return t("coverage.need.per-person-day", hours=_amount(hours, t), **facts)
    if one.standard_per == "per-person-day":
        return t("coverage.need.none-yet", needed=facts["needed"], unit_name=unit)
    return t(f"coverage.need.{one.standard_per}", **facts)


def _done(one: ServiceCoverage, unit: str, t: Translator) -> str:
    key = "coverage.done_at_least" if one.at_least else "coverage.done"
    said = t(key, done=_amount(one.delivered or 0, t), unit_name=unit)
    if one.since is not None and one.until is not None:
        said = f"{said}, {t('coverage.from_to', since_at=one.since, until_at=one.until)}"
    return f"{said}: {', '.join(one.organisations)}" if one.organisations else said


def _amount(value: float, t: Translator) -> str:
    part = abs(value) < 100 and not float(value).is_integer()
    return t.number(value, 1 if part else 0)


def trend(one: ServiceCoverage, before: float | None, t: Translator) -> Tree:
    """Points more or fewer than a day earlier at the same hour; nothing where either is unknown."""
    if before is None or one.ratio is None or one.state is State.MISSING:
        return html.Span("–", className="quiet", title=t("coverage.no_trend"))
    points = round(100 * one.ratio) - round(100 * before)
    if not points:
        return html.Span(t("coverage.trend_same"), className="quiet")
    key = "coverage.trend_up" if points > 0 else "coverage.trend_down"
    return html.Span(t(key, points=abs(points)), title=t("coverage.trend_says", then=t.percent(before)))
