"""The queue page: stations, waits, and the readings behind them."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import Connection

from callbacks.reads.ground import events_around, ground
from data.analytics.buckets import seconds
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
    parts = [
        _part(stage, lane, told[stage, lane], start, end)
        for stage, lane in sorted(told, key=lambda place: (order.index(place[0]), place[1]))
        if len(told[stage, lane].at)
    ]
    if not parts:
        return _part("", "", NO_READINGS, start, end)
    return pd.concat(parts, ignore_index=True)


def _part(stage: str, lane: str, told: Readings, start: float, end: float) -> pd.DataFrame:
    inside = (told.at >= start) & (told.at < end)
    return pd.DataFrame(
        {
            "at": pd.DatetimeIndex((told.at[inside] * 1e6).astype("datetime64[us]"), tz="UTC"),
            "stage": stage,
            "lane": lane,
            "waiting": told.waiting[inside],
            "counters_open": told.counters_open[inside],
            "at_least": told.at_least[inside].astype(bool),
            "method": told.method[inside].astype(object),
        }
    )
