"""The queue of each stage over time, with the counters that were open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from data.types import NO_PLAN_KEPT, NOTHING_EXPECTED, ExpectedQueue, PlanKept, PolicyEvent, Window
from data.vocabulary import Lane, Stage
from layouts.board import Figure
from layouts.figures.ahead import expected_band
from layouts.figures.base import (
    DEFAULT_ROOM,
    empty,
    event_marks,
    hour_axis,
    label,
    layout,
    local_iso,
    numbers,
    room_above,
)
from layouts.translator import Translator

COLOURS = ("@arrivals", "@served", "@series3", "@series4")
DASHES = ("solid", "dash", "dot", "dashdot")


def queue_history(
    history: pd.DataFrame,
    entry: Stage,
    events: Sequence[PolicyEvent],
    window: Window,
    now: datetime,
    t: Translator,
    expected: ExpectedQueue = NOTHING_EXPECTED,
) -> Figure:
    """At most four stages, the entry stage first; a gap in the readings is a gap in the line."""
    told = _lines(history, "waiting")
    if not any(line.known for line in told.values()):
        return empty("queue_history", t, t("figure.no_readings"))
    stages = sorted(told, key=lambda stage: stage is not entry)[:4]
    data, notes = expected_band(expected, t)
    behind = len(notes)
    for stage, colour, dash in zip(stages, COLOURS, DASHES, strict=False):
        if not told[stage].known:
            continue
        x = local_iso(told[stage].at, t)
        y = numbers(told[stage].value, 0)
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": t(f"stage.{stage}"),
                "x": x,
                "y": y,
                "line": {"color": colour, "width": 3 if stage is entry else 2, "dash": dash},
                "connectgaps": False,
                "hovertemplate": "%{y:,d}",
            }
        )
        # Each name at another hour, so that stages with queues alike do not write on each other.
        place = max(0, int(len(y) * (0.8 - 0.2 * (len(notes) - behind))) - 1)
        place = max((row for row in range(place + 1) if y[row] is not None), default=0)
        # Over a rising line the words stand before it, over a falling one after it.
        rising = y[place] is not None and place > 0 and (y[place - 1] or 0) < (y[place] or 0)
        side = "right" if rising and place > len(y) / 4 else "left"
        notes.append(label(x[place], y[place], t(f"stage.{stage}"), colour, yanchor="bottom", xanchor=side, yshift=2))
    shapes, event_notes = event_marks(events, window, now, t)
    return {
        "data": data,
        "layout": layout(
            "queue_history",
            t,
            xaxis=hour_axis(window, t),
            yaxis={"rangemode": "tozero", "nticks": 5, "tickformat": ",d"},
            margin=room_above(event_notes, DEFAULT_ROOM),
            shapes=shapes,
            annotations=[*event_notes, *notes],
        ),
    }


@dataclass(frozen=True)
class _Line:
    """Readings of one stage by time: microseconds since 1970, and a number of each, NaN where it was not told."""

    at: list[int]
    value: np.ndarray

    @property
    def known(self) -> bool:
        return not bool(np.isnan(self.value).all())


def _lines(history: pd.DataFrame, name: str) -> dict[Stage, _Line]:
    """By stage. A priority lane is another queue at the same stage: on one line the two would saw."""
    if history.empty:
        return {}
    at = pd.DatetimeIndex(history["at"]).as_unit("us").asi8
    of, value = history["stage"].to_numpy(dtype=object), history[name].to_numpy(dtype=float)
    general = history["lane"].to_numpy(dtype=object) == Lane.GENERAL if "lane" in history else np.full(len(at), True)
    found = {}
    for stage in Stage:
        mine = np.flatnonzero(general & (of == stage))
        if len(mine):
            mine = mine[np.argsort(at[mine], kind="stable")]
            found[stage] = _Line(at[mine].tolist(), value[mine])
    return found


def counters_history(
    history: pd.DataFrame,
    entry: Stage,
    window: Window,
    t: Translator,
    events: Sequence[PolicyEvent] = (),
    now: datetime | None = None,
    kept: PlanKept = NO_PLAN_KEPT,
) -> Figure:
    """Counters open at the entry stage, as steps: they stay as they were until the next reading. The roster behind."""
    part = _lines(history, "counters_open").get(entry)
    if part is None or not part.known:
        return empty("counters_history", t, t("figure.no_readings"))
    shapes, notes = event_marks(events, window, now, t) if now is not None else ([], [])
    return {
        "data": [
            *_planned(kept, window, t),
            {
                "type": "scatter",
                "mode": "lines",
                "name": t("figure.counters_open"),
                "x": local_iso(part.at, t),
                "y": numbers(part.value, 0),
                "line": {"color": "@served", "width": 2.5, "shape": "hv"},
                "hovertemplate": "%{y:,d}",
            },
        ],
        "layout": layout(
            "counters_history",
            t,
            xaxis=hour_axis(window, t),
            yaxis={"rangemode": "tozero", "nticks": 4, "tickformat": ",d"},
            margin=room_above(notes, 10),
            shapes=shapes,
            annotations=notes,
        ),
    }


def _planned(kept: PlanKept, window: Window, t: Translator) -> list[dict[str, Any]]:
    """Each step holds until the next; a gap in the roster is a gap in its line."""
    if not any(planned is not None for _, planned in kept.steps):
        return []
    moments = [at for at, _ in kept.steps]
    ends = [*moments[1:], window.end]
    x = local_iso([at for start, end in zip(moments, ends, strict=True) for at in (start, end)], t)
    y = [planned for _, planned in kept.steps for _ in range(2)]
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": t("ahead.planned"),
            "x": x,
            "y": y,
            "line": {"color": "@series3", "width": 2, "dash": "dash"},
            "connectgaps": False,
            "hovertemplate": "%{y:,d}",
        }
    ]
