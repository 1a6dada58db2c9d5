"""The queue page: stations, waits, and the readings behind them."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from callbacks.reads.ground import events_around, ground
from data.analytics.buckets import seconds
from data.analytics.expects import expects, plain
from data.analytics.hours_ahead import expected_queue, needs
from data.analytics.observed import NO_READINGS, Readings
from data.analytics.plan_kept import plan_kept
from data.analytics.sentences import situation_sentence
from data.analytics.stations import stations
from data.analytics.windows import asked_window
from data.expected import coming_of
from data.observing import PLAN_REACH, plans, queues
from data.picture import Picture
from data.queries.board import queue_rows
from data.queries.counters import roster_rows
from data.types import ClockReading, ExpectedQueue, PlanKept, QueueModel, Scope, Site, Window
from data.vocabulary import Lane


def queue(conn: Connection, scope: Scope, clock: ClockReading) -> QueueModel:
    base = ground(conn, scope, clock)
    seen = base.picture
    asked = asked_window(scope, base.now, seen.site)
    window = Window(asked.start, min(asked.end, base.now + timedelta(microseconds=1)))
    coming = coming_of(base.forecast)
    known = expects(seen.entry_state, seconds(base.now))
    return QueueModel(
        frame=base.frame,
        kpis=base.kpis,
        pressure=seen.pressure,
        stations=stations(seen.site, seen.states, base.now, seen.limits),
        history=_history(conn, scope, seen, window),
        sentence=situation_sentence(seen.entry_state, seen.pressure),
        events=events_around(conn, scope, asked),
        needs=needs(seen.entry_state, seen.entry, coming, base.now, next_hour(seen.site, base.now), scope.target),
        kept=_kept(conn, scope, seen, window),
        expected=(
            expected_queue(seen.entry_state, seen.entry, coming, base.now)
            if asked.end >= base.now
            else ExpectedQueue(missing="past")
        ),
        expects=None if known is None else plain(known),
    )


def next_hour(site: Site, now: datetime) -> datetime:
    """The next round hour of the site's clock, which in some zones strikes at half past; now, if it strikes."""
    local = now.astimezone(ZoneInfo(site.zone))
    past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return now if not past else now - past + timedelta(hours=1)


def _kept(conn: Connection, scope: Scope, seen: Picture, window: Window) -> PlanKept:
    """Of the general lane at the entry stage."""
    place = str(seen.site.entry_stage), str(Lane.GENERAL)
    plan = plans(roster_rows(conn, scope.site, window, PLAN_REACH, scope.as_of), seen.official).get(place)
    if plan is None:
        return PlanKept()
    read = seen.entry.readings
    if seen.readings_from > window.start:
        rows = queue_rows(conn, scope.site, window, scope.as_of)
        read = queues(rows, seen.official).get(place, NO_READINGS)
    return plan_kept(read, plan, seconds(window.start), seconds(window.end))


def _history(conn: Connection, scope: Scope, seen: Picture, window: Window) -> pd.DataFrame:
    """Readings of the window, of one source per stage and lane, by stage, lane and time.

    Columns: at, stage, lane, waiting, counters_open, at_least, method.
    """
    if seen.readings_from <= window.start:
        told = {(str(stage), str(lane)): part.readings for (stage, lane), part in seen.observed.items()}
    else:
        read = queues(queue_rows(conn, scope.site, window, scope.as_of), seen.official)
        told = {(place[0], place[1]): part for place, part in read.items() if place[0] in seen.site.stages}
    start, end = seconds(window.start), seconds(window.end)
    order = [str(stage) for stage in seen.site.stages]
    places = sorted(told, key=lambda place: (order.index(place[0]), place[1]))
    return _frame({place: told[place] for place in places}, start, end)


def _frame(told: dict[tuple[str, str], Readings], start: float, end: float) -> pd.DataFrame:
    """Made at once: a frame for each of ten queues, put together, would cost ten times as much."""
    parts = [(*place, read, (read.at >= start) & (read.at < end)) for place, read in told.items()]
    parts = parts or [("", "", NO_READINGS, np.zeros(0, dtype=bool))]
    counts = [int(inside.sum()) for *_, inside in parts]

    def cells(name: str, kind: type) -> np.ndarray:
        return np.concatenate([getattr(read, name)[inside].astype(kind) for _, _, read, inside in parts])

    def words(of: int) -> np.ndarray:
        return np.repeat(np.array([part[of] for part in parts], dtype=object), counts)

    return pd.DataFrame(
        {
            "at": pd.DatetimeIndex((cells("at", float) * 1e6).astype("datetime64[us]"), tz="UTC"),
            "stage": words(0),
            "lane": words(1),
            "waiting": cells("waiting", float),
            "counters_open": cells("counters_open", float),
            "at_least": cells("at_least", bool),
            "method": cells("method", object),
        },
        copy=False,
    )
