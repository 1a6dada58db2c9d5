"""The queue page: stations, waits, and the readings behind them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pandas as pd
from sqlalchemy import Connection

from callbacks.reads.ground import events_around, ground
from data import queries
from data.analytics.sentences import situation_sentence
from data.analytics.stations import stations
from data.analytics.windows import named_window
from data.picture import chosen
from data.types import ClockReading, QueueModel, Scope, Window

HISTORY = ["at", "stage", "lane", "waiting", "counters_open", "at_least", "method"]


def queue(conn: Connection, scope: Scope, clock: ClockReading) -> QueueModel:
    base = ground(conn, scope, clock)
    seen = base.picture
    asked = named_window(scope.window, base.now, seen.site)
    window = Window(asked.start, min(asked.end, base.now + timedelta(microseconds=1)))
    return QueueModel(
        frame=base.frame,
        kpis=base.kpis,
        pressure=seen.pressure,
        stations=stations(seen.site.stages, seen.states, base.now),
        history=_history(conn, scope, seen.readings, window, seen.official),
        sentence=situation_sentence(seen.entry_state, seen.pressure),
        events=events_around(conn, scope, asked),
    )


def _history(
    conn: Connection, scope: Scope, at_hand: pd.DataFrame, window: Window, official: Mapping[tuple[str, str], str]
) -> pd.DataFrame:
    """Readings of the window, of one source per stage and lane, in the order of time."""
    if not at_hand.empty and at_hand["at"].iloc[0] <= window.start:
        read = at_hand
    else:
        read = chosen(queries.queue_readings(conn, scope.site, window, scope.as_of), official)
    inside = read[(read["at"] >= window.start) & (read["at"] < window.end)]
    return inside[HISTORY].sort_values(["at", "stage", "lane"]).reset_index(drop=True)
