"""People per hour and entries per day, beside what is usual."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from data.types import PolicyEvent, Window
from data.vocabulary import Method, State
from layouts.board import Figure
from layouts.figures.base import empty, event_marks, hour_axis, label, layout, local_iso, numbers
from layouts.translator import Translator

HALF_HOUR = timedelta(minutes=30)


def hourly(hours: pd.DataFrame, events: Sequence[PolicyEvent], window: Window, now: datetime, t: Translator) -> Figure:
    """Arrivals per hour as bars, served as a line. Hours still filling are hatched, so they do not read as a fall."""
    if hours.empty or (hours["people"].isna().all() and hours["served"].isna().all()):
        return empty("hourly", t, t("figure.nothing_window"))
    middle = local_iso([at + HALF_HOUR for at in hours["hour"]], t)
    provisional = hours["provisional"].fillna(False).astype(bool).tolist()
    shapes, notes = event_marks(events, window, now, t)
    data: list[dict[str, Any]] = [
        {
            "type": "bar",
            "name": t("figure.arrivals"),
            "x": middle,
            "y": numbers(hours["people"], 0),
            "marker": {
                "color": "@bar",
                "line": {"width": 0},
                "pattern": {"shape": ["/" if one else "" for one in provisional], "fgcolor": "@panel", "size": 6},
            },
            "hovertemplate": "%{y:,d}",
        },
        *_band(hours, middle, t),
        {
            "type": "scatter",
            "mode": "lines",
            "name": t("figure.served"),
            "x": middle,
            "y": numbers(hours["served"], 0),
            "line": {"color": "@served", "width": 2.5},
            "hovertemplate": "%{y:,d}",
        },
    ]
    return {
        "data": data,
        "layout": layout(
            "hourly",
            t,
            xaxis=hour_axis(window, t),
            yaxis={"rangemode": "tozero", "nticks": 5, "tickformat": ",d"},
            bargap=0.18,
            shapes=shapes,
            annotations=[*notes, *_names(hours, middle, t)],
        ),
    }


def _band(hours: pd.DataFrame, middle: list[str], t: Translator) -> list[dict[str, Any]]:
    if hours["usual_high"].isna().all():
        return []
    edge = {"type": "scatter", "mode": "lines", "x": middle, "hovertemplate": "%{y:,d}"}
    line = {"color": "@muted", "width": 1, "shape": "spline"}
    return [
        {**edge, "name": t("figure.usual_low"), "y": numbers(hours["usual_low"], 0), "line": {**line, "width": 0}},
        {
            **edge,
            "name": t("figure.usual_high"),
            "y": numbers(hours["usual_high"], 0),
            "line": line,
            "fill": "tonexty",
            "fillcolor": "@band",
        },
    ]


def _names(hours: pd.DataFrame, middle: list[str], t: Translator) -> list[dict[str, Any]]:
    notes = []
    peak = hours["people"].astype("Float64")
    if not peak.isna().all():
        row = int(peak.fillna(-1).to_numpy().argmax())
        notes.append(label(middle[row], float(peak.iloc[row]), t("figure.arrivals"), "@arrivals", yanchor="bottom"))
    served = hours["served"].dropna()
    if len(served):
        row = int(hours["served"].notna().to_numpy().nonzero()[0][-1])
        notes.append(
            label(
                middle[row],
                float(served.iloc[-1]),
                t("figure.served"),
                "@served",
                xanchor="right",
                yanchor="bottom",
                yshift=4,
            )
        )
    return notes


def daily(days: pd.DataFrame, t: Translator) -> Figure:
    """Entries per day. Published days stand out from modelled ones; a published range is drawn as one."""
    if days.empty or days["entries"].isna().all():
        return empty("daily", t, t("figure.nothing_window"))
    noon = local_iso([at + timedelta(hours=12) for at in days["day"]], t)
    soft = [str(method) == Method.MODELLED or pd.isna(method) for method in days["method"]]
    filling = [str(state) == State.PROVISIONAL for state in days["state"]]
    low = [None if pd.isna(a) or pd.isna(b) else b - a for a, b in zip(days["low"], days["entries"], strict=True)]
    high = [None if pd.isna(a) or pd.isna(b) else a - b for a, b in zip(days["high"], days["entries"], strict=True)]
    words = ["" if pd.isna(method) else t(f"method.{method}") for method in days["method"]]
    peak = int(days["entries"].astype("Float64").fillna(-1).to_numpy().argmax())
    bars = {
        "type": "bar",
        "name": t("figure.entries"),
        "x": noon,
        "y": numbers(days["entries"], 0),
        "marker": {
            "color": ["@bar-soft" if one else "@bar" for one in soft],
            "line": {"width": 0},
            "pattern": {"shape": ["/" if one else "" for one in filling], "fgcolor": "@panel", "size": 6},
        },
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": numbers(high, 0),
            "arrayminus": numbers(low, 0),
            "color": "@muted",
            "thickness": 1.5,
            "width": 4,
        },
        "customdata": words,
        "hovertemplate": "%{y:,d} · %{customdata}",
    }
    return {
        "data": [bars],
        "layout": layout(
            "daily",
            t,
            xaxis={"type": "date", **_day_ticks(days, t)},
            yaxis={"rangemode": "tozero", "nticks": 5, "tickformat": ",d"},
            bargap=0.12,
            annotations=[
                label(
                    noon[peak],
                    float(days["entries"].iloc[peak]),
                    f"<b>{t.number(float(days['entries'].iloc[peak]))}</b>",
                    yanchor="bottom",
                    yshift=10 if high[peak] else 2,
                )
            ],
        ),
    }


def _day_ticks(days: pd.DataFrame, t: Translator) -> dict[str, Any]:
    every = max(1, len(days) // 6)
    at = [day + timedelta(hours=12) for day in days["day"].iloc[::every]]
    return {"tickvals": local_iso(at, t), "ticktext": [t.date(pd.Timestamp(one).to_pydatetime()) for one in at]}
