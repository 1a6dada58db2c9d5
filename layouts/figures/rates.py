"""People per hour and entries per day, beside what is usual."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from data.types import Comparison, Flag, PolicyEvent, Window
from data.vocabulary import SOFT_METHODS, State
from layouts.agreement import flag_sentence
from layouts.board import Figure
from layouts.figures.base import (
    DEFAULT_ROOM,
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
    room_above,
)
from layouts.figures.compared import compared_hours
from layouts.figures.curves import SOFT
from layouts.figures.marks import corrected, late
from layouts.translator import Translator

HOUR = timedelta(hours=1)
HALF_HOUR = timedelta(minutes=30)


def hourly(
    hours: pd.DataFrame,
    events: Sequence[PolicyEvent],
    window: Window,
    now: datetime,
    t: Translator,
    doubts: Sequence[Flag] = (),
    comparison: Comparison | None = None,
) -> Figure:
    """Arrivals per hour as bars, served as a line. Hours still filling are hatched, so they do not read as a fall."""
    if hours.empty or not (any_known(hours["people"]) or any_known(hours["served"])):
        return empty("hourly", t, t("figure.nothing_window"))
    middle = local_iso(hours["hour"] + HALF_HOUR, t)
    provisional = hours["provisional"].fillna(False).astype(bool).tolist()
    shapes, notes = event_marks(events, window, now, t)
    data: list[dict[str, Any]] = [
        {
            "type": "bar",
            "name": t("figure.arrivals"),
            "x": middle,
            "y": numbers(hours["people"], 0),
            "marker": {
                "color": ["@bar-soft" if one else "@bar" for one in hours["people_soft"]],
                "line": {"width": 0},
                "pattern": {"shape": ["/" if one else "" for one in provisional], "fgcolor": "@panel", "size": 6},
            },
            "hovertemplate": "%{y:,d}",
        },
        *_band(hours, middle, t),
        *compared_hours(comparison, t),
        *_served(hours, middle, provisional, t),
        *_doubted(hours["hour"], middle, hours[["people", "served"]].max(axis=1), doubts, HOUR, t),
        *corrected(middle, hours["people"], hours["people_was"], t),
        *late(middle, hours["people"], hours["late"], t),
    ]
    return {
        "data": data,
        "layout": layout(
            "hourly",
            t,
            xaxis=hour_axis(window, t),
            yaxis={"rangemode": "tozero", "nticks": 5, "tickformat": ",d"},
            margin=room_above(notes, DEFAULT_ROOM),
            bargap=0.18,
            shapes=shapes,
            annotations=[*notes, *_names(hours, middle, t)],
        ),
    }


def _doubted(
    starts: pd.Series, x: list[str], top: pd.Series, doubts: Sequence[Flag], length: timedelta, t: Translator
) -> list[dict[str, Any]]:
    """A mark over each figure that waits for an answer, with what is asked."""
    asked: dict[datetime, str] = {}
    for flag in doubts:
        if flag.end - flag.start == length or (length > HOUR and flag.end - flag.start > HOUR):
            asked.setdefault(flag.start, flag_sentence(flag, t))
    if not asked:
        return []
    found = [(place, asked[start]) for place, start in enumerate(starts) if start in asked]
    if not found:
        return []
    places = [place for place, _ in found]
    return [
        {
            "type": "scatter",
            "mode": "text",
            "name": t("agreement.to_confirm"),
            "x": [x[place] for place in places],
            "y": numbers([top.iloc[place] for place in places], 0),
            "text": ["⚠"] * len(found),
            "textposition": "top center",
            "textfont": {"color": "@event", "size": 16},
            "cliponaxis": False,
            "customdata": [said for _, said in found],
            "hovertemplate": "%{customdata}",
        }
    ]


def _served(hours: pd.DataFrame, middle: list[str], provisional: list[bool], t: Translator) -> list[dict[str, Any]]:
    """Whole hours as a line; from the last of them to the hour still filling, dots."""
    served, filling = hours["served"].to_numpy(dtype=float), np.array(provisional, dtype=bool)
    whole = np.where(filling, np.nan, served)
    line: dict[str, Any] = {"type": "scatter", "mode": "lines", "x": middle, "hovertemplate": "%{y:,d}"}
    style: dict[str, Any] = {"color": "@served", "width": 2.5}
    soft = hours["served_soft"].to_numpy(dtype=bool)
    # Each part begins where the one before it ends, so that the line is whole.
    joins = soft | np.append(soft[1:], False)
    solid = np.where(soft & np.append(soft[1:], True), np.nan, whole)
    name = t("figure.served")
    drawn = [{**line, "name": name, "y": numbers(solid, 0), "line": style}] if not soft.all() else []
    if soft.any():
        drawn.append(
            {**line, "name": name, "y": numbers(np.where(joins, whole, np.nan), 0), "line": {**style, "dash": SOFT}}
        )
    if any(provisional):
        first = provisional.index(True)
        rest = np.where(np.arange(len(hours)) >= first - 1, served, np.nan)
        dots = {**style, "dash": "dot"}
        drawn.append({**line, "name": t("word.provisional"), "y": numbers(rest, 0), "line": dots, "hoverinfo": "skip"})
    return drawn


def _band(hours: pd.DataFrame, middle: list[str], t: Translator) -> list[dict[str, Any]]:
    if not any_known(hours["usual_high"]):
        return []
    edge = {"type": "scatter", "mode": "lines", "x": middle, "hovertemplate": "%{y:,d}"}
    line = {"width": 0, "shape": "spline"}
    return [
        {**edge, "name": t("figure.usual_low"), "y": numbers(hours["usual_low"], 0), "line": line},
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
    """Each series carries its name at its highest point; two peaks at one hour would lie on each other."""
    notes = []
    arrivals, served = _peak(hours["people"]), _peak(hours["served"])
    if arrivals is not None:
        height = float(hours["people"].iloc[arrivals])
        notes.append(label(middle[arrivals], height, t("figure.arrivals"), "@arrivals", yanchor="bottom", yshift=2))
    if served is not None:
        if arrivals is not None and abs(served - arrivals) < 4:
            served = int((~np.isnan(hours["served"].to_numpy(dtype=float))).argmax())
        height = float(hours["served"].iloc[served])
        side = "left" if served < len(hours) / 2 else "right"
        notes.append(
            label(middle[served], height, t("figure.served"), "@served", xanchor=side, yanchor="bottom", yshift=4)
        )
    return notes


def _peak(values: pd.Series) -> int | None:
    told = values.to_numpy(dtype=float)
    return None if np.isnan(told).all() else int(np.nan_to_num(told, nan=-1.0).argmax())


def daily(
    days: pd.DataFrame,
    t: Translator,
    doubts: Sequence[Flag] = (),
    events: Sequence[PolicyEvent] = (),
    now: datetime | None = None,
) -> Figure:
    """Entries per day. Published days stand out from modelled ones; a published range is drawn as one."""
    if days.empty or not any_known(days["entries"]):
        return empty("daily", t, t("figure.nothing_window"))
    noon = local_iso(days["day"] + timedelta(hours=12), t)
    methods = column(days, "method")
    soft = [not known(method) or str(method) in SOFT_METHODS for method in methods]
    filling = [str(state) == State.PROVISIONAL for state in days["state"]]
    spread = days["high"] > days["low"]
    low = (days["entries"] - days["low"]).where(spread)
    high = (days["high"] - days["entries"]).where(spread)
    words = [t(f"method.{method}") if known(method) else "" for method in methods]
    first, last = (pd.Timestamp(days["day"].iloc[place]).to_pydatetime() for place in (0, -1))
    shown = Window(first, last + timedelta(days=1))
    shapes, notes = event_marks(events, shown, now, t) if now is not None else ([], [])
    peak = _peak(days["entries"]) or 0
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
            "width": 0,
        },
        "customdata": words,
        "hovertemplate": "%{y:,d} · %{customdata}",
    }
    return {
        "data": [
            bars,
            *corrected(noon, days["entries"], days["entries_was"], t),
            *_doubted(days["day"], noon, days["entries"], doubts, timedelta(days=1), t),
        ],
        "layout": layout(
            "daily",
            t,
            xaxis={"type": "date", **_day_ticks(days, t)},
            yaxis={"rangemode": "tozero", "nticks": 5, "tickformat": ",d"},
            margin=room_above(notes, 28),
            bargap=0.12,
            shapes=shapes,
            annotations=[
                *notes,
                label(
                    noon[peak],
                    float(days["entries"].iloc[peak]),
                    f"<b>{t.number(float(days['entries'].iloc[peak]))}</b>",
                    yanchor="bottom",
                    yshift=10 if spread.iloc[peak] else 2,
                ),
            ],
        ),
    }


def _day_ticks(days: pd.DataFrame, t: Translator) -> dict[str, Any]:
    every = max(1, len(days) // 6)
    at = [day + timedelta(hours=12) for day in days["day"].iloc[::every]]
    return {
        "tickvals": local_iso(at, t),
        "ticktext": [t.day_and_month(pd.Timestamp(one).to_pydatetime()) for one in at],
    }
