"""Who reported when: a row for each source and dataset, its periods on one axis of time, whom to call inside.

A period is a shape, a word and a colour: a full block on time, half a block late, hatched missing, a line not due.
Periods of one state that follow each other are drawn as one run with its divisions, so that the page stays small.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from data.types import Cadence, Expectation, Rates, Reporting, Window
from data.vocabulary import ReportState, Rhythm
from layouts import elements as html
from layouts.board import Tree
from layouts.pages.calling import inside, unasked
from layouts.parts import aria
from layouts.translator import Translator

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Section:
    """Rhythms that are looked at equally far back; `step` between two marks of the axis."""

    name: str
    kinds: tuple[Rhythm, ...]
    longest_minutes: int
    step: timedelta


SECTIONS = (
    Section("hours_24", (Rhythm.HOURLY, Rhythm.SHIFT), 1439, 6 * HOUR),
    Section("days_14", (Rhythm.DAILY,), 7 * 1440 - 1, 2 * DAY),
    Section("weeks_8", (Rhythm.WEEKLY,), 28 * 1440 - 1, 14 * DAY),
    Section("months_6", (Rhythm.MONTHLY,), 10**9, 61 * DAY),
)


def section_of(cadence: Cadence) -> Section:
    for section in SECTIONS:
        if cadence.kind in section.kinds:
            return section
        if cadence.kind is Rhythm.MINUTES and cadence.minutes <= section.longest_minutes:
            return section
    raise ValueError(f"no section for {cadence.kind}")


def matrix(reports: Sequence[Reporting], site: str, now: datetime, t: Translator) -> list[Tree]:
    """One block a section, rows in the order given; then whoever reports without being asked.

    `site`: whose agreements its rows lead to.
    """
    asked = [row for row in reports if row.cadence is not None and row.cadence.kind is not Rhythm.NONE]
    parts: list[Tree] = []
    for section in SECTIONS:
        rows = [row for row in asked if row.cadence is not None and section_of(row.cadence) is section]
        if rows:
            parts.append(_block(section, rows, site, now, t))
    others = [row for row in reports if row.cadence is None or row.cadence.kind is Rhythm.NONE]
    if others:
        parts.append(unasked(others, site, t))
    if not parts:
        return [html.P(t("word.no_sources"), className="quiet")]
    return [_legend(t), *parts] if asked else parts


def _legend(t: Translator) -> Tree:
    def entry(state: str, words: str) -> Tree:
        return html.Span([html.Span(className=f"cell cell-{state}", **aria(hidden="true")), words], className="key")

    states = [entry(str(state), t(f"report_state.{state}")) for state in ReportState]
    return html.P([*states[:3], entry("partial", t("rhythm_page.partly")), states[3]], className="keys")


def _block(section: Section, rows: Sequence[Reporting], site: str, now: datetime, t: Translator) -> Tree:
    starts = [one.start for row in rows for one in row.expectations]
    ends = [one.end for row in rows for one in row.expectations]
    # Everything is drawn on one axis; a period that reaches over its ends is cut there.
    first = min(starts, default=now - section.step)
    last = max([*ends, now])
    if section.name == "hours_24":
        hour = now.replace(minute=0, second=0, microsecond=0)
        first, last = max(first, hour - 24 * HOUR), hour + HOUR
    axis = Window(first, last)
    return html.Div(
        [
            html.Div(
                [
                    html.H3(t(f"rhythm_page.{section.name}")),
                    _axis(axis, section, t),
                    html.Span(t("rhythm_page.completeness"), className="rate-head"),
                    html.Span(t("rhythm_page.timeliness"), className="rate-head"),
                ],
                className="row-head",
            ),
            *(_row(row, axis, site, now, t) for row in rows),
        ],
        className="report-rows",
    )


def _axis(axis: Window, section: Section, t: Translator) -> Tree:
    """Marks at round local times, placed by their share of the axis."""
    whole = axis.end - axis.start
    marks = []
    at = t.local(axis.start).replace(minute=0, second=0, microsecond=0)
    at = at.replace(hour=at.hour - at.hour % 6 if section.step < DAY else 0)
    while at < axis.end:
        share = (at - axis.start) / whole
        if 0 <= share <= 0.94:
            words = t.time(at) if section.step < DAY else _short_day(at, t)
            marks.append(html.Span(words, style={"left": f"{100 * share:.1f}%"}))
        at = at + section.step
    return html.Div(marks, className="axis", **aria(hidden="true"))


def _short_day(at: datetime, t: Translator) -> str:
    local = t.local(at)
    return f"{local.day} {t(f'date.month.{local.month}')}"


def _row(row: Reporting, axis: Window, site: str, now: datetime, t: Translator) -> Tree:
    state = "silent" if row.silent(now) else "late" if row.late(now) else "fine"
    rates = row.rates
    return html.Details(
        [
            html.Summary(
                [
                    html.Span(
                        [
                            html.Span(row.contact.organisation or row.source, className="who"),
                            html.Span(t.word("dataset", row.dataset), className="what"),
                        ],
                        className="named-row",
                    ),
                    html.Span(_runs(row.expectations, axis, t), className="strip"),
                    _rate(rates.reporting_rate, "completeness", rates, t),
                    _rate(rates.reporting_rate_on_time, "timeliness", rates, t),
                    html.Span(t(f"rhythm_page.state_{state}"), className=f"row-state row-{state}"),
                ]
            ),
            inside(row, site, now, t),
        ],
        className=f"report-row report-{state}",
        id=f"reporting-{row.source}-{row.dataset}",
    )


def _rate(rate: float | None, name: str, rates: Rates, t: Translator) -> Tree:
    """The part in percent; how many of how many stands in its title and in the table."""
    if rate is None:
        return html.Span("–", className=f"rate rate-{name}", title=t("word.no_data"))
    facts = {"received": rates.on_time + rates.late, "on_time": rates.on_time, "due": rates.due}
    words = html.Span(t(f"rhythm_page.{name}"), className="rate-word")
    return html.Span(
        [t.percent(rate), " ", words],
        className=f"rate rate-{name}",
        title=t(f"rhythm_page.{name}_says", **facts),
    )


def _shape(one: Expectation) -> str:
    partly = one.state is ReportState.MISSING and one.covered > 0
    return "partial" if partly else str(one.state)


def _runs(expectations: Sequence[Expectation], axis: Window, t: Translator) -> list[Tree]:
    """Runs of like periods, as wide as they are long; a gap where nothing was expected."""
    cells: list[Tree] = []
    at = axis.start
    for shape, run in groupby(expectations, key=lambda one: (_shape(one), one.kind)):
        parts = list(run)
        start, end = max(parts[0].start, axis.start), min(parts[-1].end, axis.end)
        if end <= start:
            continue
        if start > at:
            cells.append(_cell("none", start - at, 1, ""))
        cells.append(_cell(shape[0], end - start, len(parts), _said(shape[0], parts, t)))
        at = end
    if at < axis.end:
        cells.append(_cell("none", axis.end - at, 1, ""))
    return cells


def _cell(shape: str, length: timedelta, count: int, words: str) -> Tree:
    style = {"flexGrow": str(round(length / timedelta(minutes=1))), "--n": str(count)}
    said = [html.Span(words, className="visually-hidden")] if words else []
    return html.Span(said, className=f"cell cell-{shape}", style=style, title=words or None)


def _said(shape: str, parts: Sequence[Expectation], t: Translator) -> str:
    words = t("rhythm_page.partly") if shape == "partial" else t(f"report_state.{shape}")
    facts: dict[str, Any] = {"count": len(parts), "state_word": words}
    if parts[-1].end - parts[0].start < 2 * DAY and parts[0].kind in (Rhythm.HOURLY, Rhythm.SHIFT, Rhythm.MINUTES):
        return t("rhythm_page.run", from_time=t.time(parts[0].start), to_time=t.time(parts[-1].end), **facts)
    last = parts[-1].end - timedelta(minutes=1)
    return t("rhythm_page.run_days", from_day=t.date(parts[0].start), to_day=t.date(last), **facts)
