"""People in the centre over the range: counts as dots, what in and out make of them as a line, below zero and all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pandas as pd

from data.types import PolicyEvent, Presence, Window
from layouts.board import Figure
from layouts.figures.base import empty, event_marks, hour_axis, label, layout, local_iso, numbers, room_above
from layouts.translator import Translator


def presence_figure(told: Presence, events: Sequence[PolicyEvent], now: datetime, t: Translator) -> Figure:
    inside = [one for one in told.counts if told.window.start <= one.at <= told.window.end]
    path = told.path
    if not inside and path["present"].isna().all():
        return empty("presence", t, t("presence.nobody_counted"))
    data = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": t("presence.line"),
            "x": local_iso(path["at"], t),
            "y": numbers(path["present"], 0),
            "line": {"color": "@arrivals", "width": 2.5},
            "connectgaps": False,
            "hovertemplate": "%{y:,d}",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": t("presence.count"),
            "x": local_iso([one.at for one in inside], t),
            "y": numbers([one.people for one in inside], 0),
            "marker": {"color": "@ink", "size": 6},
            "hovertemplate": "%{y:,d}",
        },
    ]
    wrong = path[path["present"] < -0.5]
    if len(wrong):
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": t("presence.impossible"),
                "x": local_iso(wrong["at"], t),
                "y": numbers(wrong["present"], 0),
                "marker": {"color": "@critical", "size": 9, "symbol": "x"},
                "hovertemplate": "%{y:,d}",
            }
        )
    shown = Window(told.window.start, max(told.window.end, told.window.start + timedelta(hours=1)))
    shapes, notes = event_marks(events, shown, now, t)
    if told.safe_capacity is not None:
        level = told.safe_capacity
        line = {"color": "@muted", "width": 1.5, "dash": "dot"}
        shapes.append({"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": level, "y1": level, "line": line})
        words = t("presence.safe", people=round(level))
        [x] = local_iso([shown.start], t)
        notes.append(label(x, level, words, "@muted", xanchor="left", yanchor="bottom"))
    lowest = path["present"].min()
    axis = {"rangemode": "normal" if pd.notna(lowest) and lowest < 0 else "tozero", "nticks": 5, "tickformat": ",d"}
    return {
        "data": data,
        "layout": layout(
            "presence",
            t,
            xaxis=hour_axis(shown, t),
            yaxis=axis,
            margin=room_above(notes, 44),
            shapes=shapes,
            annotations=notes,
        ),
    }
