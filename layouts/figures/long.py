"""Figures of weeks and months that nobody told by the day: an average to draw by, dotted, and said to be modelled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from data.types import LongReport, PolicyEvent, Window
from layouts.board import Figure, Tree
from layouts.figures.base import empty, event_marks, label, layout, local_iso, room_above
from layouts.parts import table
from layouts.translator import Translator

COLOURS = ("@arrivals", "@served", "@series3", "@series4")
MONTH_DAYS = (28, 31)
MOST_TICKS = 6


def series_words(one: LongReport, t: Translator) -> str:
    return f"{t.word('measure', one.measure)}, {t.word('stage', one.stage)} ({t.word('source', one.source)})"


def per_day(one: LongReport) -> float:
    return one.people / ((one.end - one.start).total_seconds() / 86400)


def long_reports(
    reports: Sequence[LongReport], t: Translator, events: Sequence[PolicyEvent] = (), now: datetime | None = None
) -> Figure:
    """One dotted line a series, level over each period: people a day on average."""
    if not reports:
        return empty("long_reports", t, t("figure.nothing_window"))
    data: list[dict[str, Any]] = []
    ends: list[dict[str, Any]] = []
    for place, (words, run) in enumerate(groupby(reports, key=lambda one: series_words(one, t))):
        at: list[str | None] = []
        level: list[float | None] = []
        said: list[str] = []
        for one in run:
            at += [*local_iso([one.start, one.end], t), None]
            level += [*[round(per_day(one), 1)] * 2, None]
            said += [*[_hover(one, t)] * 2, ""]
        # Its name over the end of its line, in its colour, in place of a legend.
        colour = COLOURS[place % len(COLOURS)]
        side = "bottom" if place % 2 == 0 else "top"
        ends.append(label(at[-2], level[-2], words, colour, xanchor="right", yanchor=side))
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": words,
                "x": at,
                "y": level,
                "customdata": said,
                "connectgaps": False,
                "line": {"dash": "dot", "width": 2.5, "color": colour},
                "hovertemplate": "%{customdata}",
            }
        )
    axis = {"rangemode": "tozero", "nticks": 4, "tickformat": ",d", "title": {"text": t("long.axis")}}
    days = {"type": "date", **_ticks(reports, t)}
    shown = Window(min(one.start for one in reports), max(one.end for one in reports))
    shapes, notes = event_marks(events, shown, now, t) if now is not None else ([], [])
    annotations = [*notes, *ends]
    return {
        "data": data,
        "layout": layout(
            "long_reports",
            t,
            xaxis=days,
            yaxis=axis,
            margin=room_above(notes, 26),
            shapes=shapes,
            annotations=annotations,
        ),
    }


def _ticks(reports: Sequence[LongReport], t: Translator) -> dict[str, Any]:
    starts = sorted({one.start for one in reports})
    at = starts[:: max(1, -(-len(starts) // MOST_TICKS))]
    return {"tickvals": local_iso(at, t), "ticktext": [t.date(one) for one in at]}


def _hover(one: LongReport, t: Translator) -> str:
    return f"{period_words(one, t)}: {_people(one, t)} · {t('long.per_day', people=round(per_day(one)))}"


def _people(one: LongReport, t: Translator) -> str:
    return ("≥\u00a0" if one.at_least else "") + t.number(round(one.people))


def period_words(one: LongReport, t: Translator) -> str:
    """A week, a month by its name, or from when to when."""
    days, start = round((one.end - one.start).total_seconds() / 86400), t.local(one.start)
    if days == 7:
        return t("long.week", day=t.date(one.start))
    if start.day == 1 and MONTH_DAYS[0] <= days <= MONTH_DAYS[1] and t.local(one.end).day == 1:
        return t("long.month", month=t(f"date.month.{start.month}"), year=str(start.year))
    return t("long.span", from_day=t.date(one.start), to_day=t.date(one.end))


def long_table(reports: Sequence[LongReport], t: Translator) -> Tree:
    rows = [
        [
            period_words(one, t),
            series_words(one, t),
            _people(one, t),
            t.word("method", one.method),
            f"{t('long.per_day', people=round(per_day(one)))} ({t('long.modelled')})",
        ]
        for one in reversed(reports)
    ]
    heads = ("long.period", "long.series", "long.people", "word.method", "long.per_day_head")
    return table([t(key) for key in heads], rows, caption=t("panel.long_reports.title"))
