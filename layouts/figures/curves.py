"""The home picture: cumulative arrivals and served. Height between them is the queue, width is the wait."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from data.types import Comparison, DayCurves, PolicyEvent
from layouts.board import Figure
from layouts.figures.base import (
    any_known,
    column,
    empty,
    event_marks,
    hour_axis,
    known,
    label,
    layout,
    local_iso,
    numbers,
)
from layouts.figures.compared import compared_curves
from layouts.figures.reading import readings
from layouts.translator import Translator

# Share of the picture's height within which two names would stand on each other.
NEAR = 0.12

SOFT = "6px,4px"  # estimated or modelled
BIG = '<b><span style="font-size:1.25em">{}</span></b>'


def cumulative(
    curves: DayCurves,
    events: Sequence[PolicyEvent],
    now: datetime,
    t: Translator,
    comparison: Comparison | None = None,
    read: bool = False,
) -> Figure:
    """`read`: with what the page says of each moment, for reading.js."""
    points = curves.points
    if points.empty or not (any_known(points["arrivals"]) or any_known(points["served"])):
        return empty("cumulative", t, t("figure.nothing_today"))
    x = local_iso(points["at"], t)
    between = {"fill": "tonexty", "fillcolor": "@between"}
    data = [
        *_usual(curves, t),
        *compared_curves(comparison, t),
        *_lines(x, points, "served", "@served", t("figure.served")),
        *_lines(x, points, "arrivals", "@arrivals", t("figure.arrivals"), **between),
    ]
    shapes, notes = event_marks(events, curves.day, now, t)
    both = _both(points)
    queue_line, queue_notes = _queue(curves, both, t)
    wait_line, wait_notes = _wait(curves, t)
    return {
        "data": data + queue_line + wait_line,
        "layout": layout(
            "cumulative",
            t,
            xaxis=hour_axis(curves.day, t),
            yaxis={"rangemode": "tozero", "nticks": 5, "tickformat": ",d"},
            shapes=shapes,
            annotations=[*notes, *_names(curves, both, t), *queue_notes, *wait_notes],
            **({"meta": {"reading": readings(curves, t)}} if read else {}),
        ),
    }


def _lines(x: list[str], points: pd.DataFrame, which: str, colour: str, name: str, **more: Any) -> list[dict[str, Any]]:
    """Counted parts solid, estimated and modelled ones dashed; the whole series carries the fill."""
    soft, people = points[f"{which}_soft"].to_numpy(dtype=bool), points[which].to_numpy(dtype=float)
    whole = _line(x, people, colour, name)
    if soft.all() or not soft.any():
        dash = {"dash": SOFT} if soft.any() else {}
        return [{**whole, **more, "line": {**whole["line"], **dash}}]
    unseen = {**whole, **more, "line": {"width": 0}}
    # Each part begins where the one before it ends, so that the line is whole.
    joins = soft | np.append(soft[1:], False)
    solid = np.where(soft & np.append(soft[1:], True), np.nan, people)
    quiet = {"hoverinfo": "skip", "hovertemplate": None}
    return [
        unseen,
        {**whole, **quiet, "y": numbers(solid, 0)},
        {**whole, **quiet, "y": numbers(np.where(joins, people, np.nan), 0), "line": {**whole["line"], "dash": SOFT}},
    ]


def _line(x: list[str], y: np.ndarray, colour: str, name: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": x,
        "y": numbers(y, 0),
        "line": {"color": colour, "width": 3},
        "connectgaps": False,
        "hovertemplate": "%{y:,d}",
    }


def _usual(curves: DayCurves, t: Translator) -> list[dict[str, Any]]:
    usual = curves.usual
    if usual.empty:
        return []
    x = local_iso(usual["at"], t)
    edge = {"type": "scatter", "mode": "lines", "x": x, "line": {"width": 0}, "hoverinfo": "skip"}
    return [
        {**edge, "name": t("figure.usual_low"), "y": numbers(usual["low"], 0)},
        {
            **edge,
            "name": t("figure.usual_high"),
            "y": numbers(usual["high"], 0),
            "fill": "tonexty",
            "fillcolor": "@band",
        },
    ]


def _both(points: pd.DataFrame) -> list[tuple[datetime, float, float]]:
    """Moments at which arrivals and served are both known, with them."""
    at, arrivals, served = (column(points, name) for name in ("at", "arrivals", "served"))
    return [row for row in zip(at, arrivals, served, strict=True) if known(row[1]) and known(row[2])]


def _names(curves: DayCurves, both: list[tuple[datetime, float, float]], t: Translator) -> list[dict[str, Any]]:
    """Each curve carries its own name; a legend would make the eye travel."""
    notes = []
    served_at = math.nan
    if len(both) >= 2:
        early = _early(curves, both[-1][0])
        at, height, _ = both[-1] if early else both[max(1, int(len(both) * 0.55)) - 1]
        [x] = local_iso([at], t)
        notes.append(
            label(
                x,
                height,
                t("figure.arrivals"),
                "@arrivals",
                xanchor="left" if early else "right",
                yanchor="bottom",
                xshift=6 if early else -6,
            )
        )
        low, _, served_at = both[max(1, int(len(both) * 0.85)) - 1]
        [x] = local_iso([low], t)
        notes.append(label(x, served_at, t("figure.served"), "@served", xanchor="left", yanchor="top", xshift=6))
    if not curves.usual.empty:
        # Under the band where the words begin, since it rises to their end; over its end where another name stands.
        under, over = (
            float(curves.usual["low"].iloc[int(len(curves.usual) * 0.58)]),
            float(curves.usual["high"].iloc[-1]),
        )
        highest = max([over, 0.0, *(arrived for _, arrived, _ in both)])
        near = abs(served_at - under) < NEAR * highest
        [x] = local_iso([curves.usual["at"].iloc[-1]], t)
        words = t("figure.usual_day", weekday=t.weekday(curves.weekday))
        side = "bottom" if near else "top"
        notes.append(label(x, over if near else under, words, "@muted", xanchor="right", yanchor=side, xshift=-6))
    return notes


def _queue(
    curves: DayCurves, both: list[tuple[datetime, float, float]], t: Translator
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    if not both or curves.queue_now is None or round(curves.queue_now) < 1:
        return [], []
    last, arrived, served = both[-1]
    [x] = local_iso([last], t)
    if arrived <= served:
        return [], []
    words = [BIG.format(t.number(round(curves.queue_now))), t("figure.in_queue")]
    if curves.queue_at_least:
        words.insert(0, t("word.at_least"))
    line = {
        "type": "scatter",
        "mode": "lines",
        "x": [x, x],
        "y": numbers([served, arrived], 0),
        "line": {"color": "@ink", "width": 2.5},
        "hoverinfo": "skip",
    }
    note = label(
        x,
        served + (arrived - served) * (0.75 if _early(curves, last) else 0.5),
        "<br>".join(words),
        xanchor="left",
        align="left",
        xshift=9,
    )
    return [line], [note]


def _wait(curves: DayCurves, t: Translator) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    start, end, height = curves.wait_from, curves.wait_to, curves.wait_level
    if start is None or end is None or height is None:
        return [], []
    waited = (end - start) / timedelta(minutes=1)
    if waited < 30:
        return [], []
    drawn_from = max(start, curves.day.start)
    x = local_iso([drawn_from, end], t)
    line = {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": numbers([height, height], 0),
        "line": {"color": "@ink", "width": 2.5, "dash": "dot"},
        "hoverinfo": "skip",
    }
    words = f"{BIG.format(t.duration(waited))}<br>{t('figure.waited')}"
    whole = curves.day.end - curves.day.start
    if _early(curves, end):
        return [line], [label(x[-1], height, words, xanchor="left", yanchor="bottom", align="left", xshift=9, yshift=3)]
    if start > curves.day.start + whole * 0.3 and end - start < whole * 0.25:
        # The line is short: the words stand before it, where the curve has not been yet.
        return [line], [label(x[0], height, words, xanchor="right", yanchor="bottom", align="right", xshift=-8)]
    # At the line's end, where the height between the curves is greatest.
    return [line], [label(x[-1], height, words, xanchor="right", yanchor="bottom", align="right", xshift=-8, yshift=3)]


def _early(curves: DayCurves, at: datetime) -> bool:
    """So early in the day that words before the curve would leave the picture."""
    return at - curves.day.start < (curves.day.end - curves.day.start) * 0.2
