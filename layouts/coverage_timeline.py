"""How each sector stood in the last three days: a bar of stretches, told apart by colour and by pattern."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from data.types import CoverageStretch, SectorTimeline, Window
from layouts import elements as html
from layouts.board import Tree
from layouts.parts import aria, data, table
from layouts.translator import Translator

STATES = ("normal", "watch", "alert", "critical", "missing", "masked", "none")
BAD = ("critical", "alert")
HOUR = timedelta(hours=1)
JUST_BEGUN = 88.0  # percent of the axis


def timeline_trees(lines: Sequence[SectorTimeline], window: Window | None, t: Translator) -> dict[str, Tree]:
    """`timeline`: the bars; `timeline-sentence`: the whole in one sentence; `timeline-table`: its twin."""
    if window is None or not lines:
        return {
            "timeline": html.P(t("word.no_report"), className="quiet"),
            "timeline-sentence": "",
            "timeline-table": "",
        }
    return {
        "timeline": [
            *(_line(one, window, t) for one in lines),
            _axis(window, t),
            html.Div(
                [
                    html.Span([html.Span(className=f"stretch stretch-{state}"), state_words(state, t)], className="key")
                    for state in STATES
                    if any(part.state == state for one in lines for part in one.stretches)
                ],
                className="timeline-key",
            ),
        ],
        "timeline-sentence": sentence(lines, window, t),
        "timeline-table": _table(lines, t),
    }


def state_words(state: str, t: Translator) -> str:
    return t(f"coverage.state.{state}")


def _line(one: SectorTimeline, window: Window, t: Translator) -> Tree:
    whole = window.end - window.start
    parts = [
        html.Span(
            html.Span(stretch_words(part, t), className="tip"),
            className=f"stretch stretch-{part.state}",
            style={"width": f"{100 * ((part.end - part.start) / whole):.2f}%"},
            **data(state=part.state, start=part.start.isoformat(), end=part.end.isoformat()),
        )
        for part in one.stretches
    ]
    name = t(f"sector.{one.sector}")
    summary = html.Summary(
        [html.Span(name, className="line-name"), html.Span(parts, className="stretches", **aria(hidden="true"))],
        **aria(label=t("coverage.timeline_of", sector=str(one.sector))),
    )
    told = [
        html.Li([html.Span(className=f"stretch stretch-{part.state}"), stretch_words(part, t)])
        for part in reversed(one.stretches)
    ]
    return html.Details([summary, html.Ul(told, className="stretch-list")], className="timeline-line")


def stretch_words(part: CoverageStretch, t: Translator) -> str:
    """crítico, de vie 14 jun 06:00 a 12:00, 6 h"""
    length = (part.end - part.start).total_seconds() / 60
    return t(
        "coverage.stretch",
        said=state_words(part.state, t),
        begins=f"{t.date(part.start)} {t.time(part.start)}",
        ends=f"{t.date(part.end)} {t.time(part.end)}",
        length_minutes=length,
    )


def _axis(window: Window, t: Translator) -> Tree:
    """The days, each where it begins."""
    whole = window.end - window.start
    marks: list[Any] = []
    at = window.start
    while at < window.end:
        local = t.local(at)
        if local.hour == 0 and local.minute == 0:
            place = 100 * ((at - window.start) / whole)
            # A day that has just begun has no room for its name to the right of its mark.
            kind = "tick-day" if place < JUST_BEGUN else "tick-day begun"
            marks.append(html.Span(t.date(at), className=kind, style={"left": f"{place:.2f}%"}))
        at += HOUR
    return html.Div(html.Div(marks, className="ticks"), className="timeline-axis", **aria(hidden="true"))


def sentence(lines: Sequence[SectorTimeline], window: Window, t: Translator) -> str:
    """Who was short the longest, and who has told nothing for how long."""
    short = [(_held(one, BAD), one) for one in lines]
    longest, worst = max(short, key=lambda pair: pair[0])
    said = [t("coverage.timeline_calm")]
    if longest:
        said = [t("coverage.timeline_worst", sector=str(worst.sector), length_minutes=longest)]
        now = [one for one in lines if one.stretches and one.stretches[-1].state in BAD]
        if now:
            said.append(t("coverage.timeline_now", sector=[str(one.sector) for one in now]))
    silent = [one for one in lines if one.stretches and one.stretches[-1].state == "missing"]
    if silent:
        said.append(t("coverage.timeline_silent", sector=[str(one.sector) for one in silent]))
    return " ".join(said)


def _held(one: SectorTimeline, states: Sequence[str]) -> float:
    """Minutes."""
    spans = [part.end - part.start for part in one.stretches if part.state in states]
    return sum(spans, timedelta(0)).total_seconds() / 60


def _table(lines: Sequence[SectorTimeline], t: Translator) -> Tree:
    rows = [
        [
            t(f"sector.{one.sector}"),
            state_words(part.state, t),
            _moment(part.start, t),
            _moment(part.end, t),
            t.duration((part.end - part.start).total_seconds() / 60),
        ]
        for one in lines
        for part in one.stretches
    ]
    keys = ("coverage.sector", "coverage.stood", "coverage.begins", "coverage.ends", "coverage.lasted")
    return table([t(key) for key in keys], rows, "timeline-table", t("panel.timeline.title"))


def _moment(at: datetime, t: Translator) -> str:
    return f"{t.date(at)} {t.time(at)}"
