"""What a rule could have looked at in each of the last hours, from what is stored now, and never anything later.

Each hour is taken as known at its end, with the corrections that came since; sources are those official now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import numpy as np
from sqlalchemy import Connection

from data import queries
from data.alert_book import alarm_spans
from data.analytics import baseline
from data.analytics.buckets import HOUR, NO_HOURS, Buckets, moment, seconds
from data.analytics.observed import NO_READINGS, Observed, Readings
from data.analytics.pressure import Limits, pressure
from data.analytics.rule import FALSE_ALARMS, Recent
from data.analytics.seen import PresentNow
from data.analytics.staffing import NO_PLAN
from data.analytics.stages import StageState, stage_state
from data.analytics.windows import day_on, local_date
from data.chosen import official_sources
from data.detected_past import Verdicts, verdicts_of
from data.observing import ENTRY_REACH, PLAN_AHEAD, PLAN_REACH, Place, hours_of, plans, quarters, queues
from data.picture import PRESENT_REACH, series_key
from data.queries import SeriesKey
from data.queries.board import queue_rows
from data.queries.counters import fine_rows, roster_rows
from data.stocking import FORGOTTEN, Counts, Item, stock_at, stock_counts
from data.types import Pressure, Site, Window
from data.vocabulary import PRESENT, Lane, Level, Measure, Method

DAY = timedelta(days=1)
STEP = timedelta(hours=1)
NO_PRESSURE = Pressure(Level.NO_DATA, True, ())


@dataclass(frozen=True)
class Asked:
    """What the rule wants to look at."""

    places: frozenset[Place] = frozenset()  # whose hours
    states: frozenset[Place] = frozenset()  # whose queue and waits
    usual: bool = False  # the flow of the entry against what is usual
    rates: frozenset[float] = frozenset()  # the detector, by false alarms per 30 days
    present: bool = False
    stock: bool = False
    pressure: tuple[Limits, ...] = ()


@dataclass
class _Read:
    site: Site
    measure: Measure
    source: str | None
    hours: Buckets
    observed: Mapping[Place, Observed]
    detected: Mapping[float, Verdicts]
    present: list[PresentNow]
    spans: tuple[Window, ...]
    stock: Mapping[Item, tuple[str, Counts]]
    usual: dict[date, baseline.History | None] = field(default_factory=dict)


def moments(now: datetime, days: int) -> Window:
    """The whole hours that are looked at: up to the last one that is over."""
    end = moment(seconds(now) // HOUR * HOUR)
    return Window(end - days * DAY, end)


def recents(conn: Connection, site: Site, asked: Asked, window: Window) -> Iterator[Recent]:
    """One for each whole hour that ends in the window, its end included."""
    read = _read(conn, site, asked, window)
    at = window.start + STEP
    while at <= window.end:
        yield _recent(read, asked, at)
        at += STEP


def _read(conn: Connection, site: Site, asked: Asked, window: Window) -> _Read:
    official = official_sources(conn, site.site, window.end)
    measure = Measure.ARRIVALS if (site.entry_stage, Measure.ARRIVALS) in official else Measure.SERVED
    key = series_key(site, official, measure)
    places = asked.places | asked.states | {(site.entry_stage, Lane.GENERAL)}
    since = window.start - (baseline.DAYS + 1) * DAY if asked.usual else window.start - ENTRY_REACH
    reach = Window(since, window.end)
    keys = [
        SeriesKey(site.site, stage, name, source, lane)
        for stage, lane in places
        for name in (Measure.ARRIVALS, Measure.SERVED, Measure.LEFT)
        if (source := official.get((stage, name))) is not None
    ]
    flow = hours_of(conn, keys, reach, None)
    detail = Window(window.start - ENTRY_REACH, window.end)
    queue = queues(queue_rows(conn, site.site, detail), official) if asked.states else {}
    served = [one for one in keys if one.measure == Measure.SERVED]
    fine = quarters(fine_rows(conn, served, detail)) if asked.states else {}
    ahead = Window(window.start, window.end + PLAN_AHEAD)
    plan = plans(roster_rows(conn, site.site, ahead, PLAN_REACH), official) if asked.states else {}
    observed = {
        (stage, lane): Observed(
            stage,
            lane,
            flow.get((stage, lane, Measure.ARRIVALS), NO_HOURS),
            flow.get((stage, lane, Measure.SERVED), NO_HOURS),
            queue.get((stage, lane), NO_READINGS),
            flow.get((stage, lane, Measure.LEFT), NO_HOURS),
            plan.get((stage, lane), NO_PLAN),
            fine.get((stage, lane), NO_HOURS),
        )
        for stage, lane in places
    }
    return _Read(
        site=site,
        measure=measure,
        source=None if key is None else key.source,
        hours=flow.get((site.entry_stage, Lane.GENERAL, measure), NO_HOURS),
        observed=observed,
        detected={rate: verdicts_of(conn, site, key, window, rate) for rate in asked.rates if key is not None},
        present=_present(conn, site, official, window) if asked.present else [],
        spans=alarm_spans(conn, site.site, "surge", reach.start) if asked.usual else (),
        stock=stock_counts(conn, site.site, Window(window.start - FORGOTTEN, window.end)) if asked.stock else {},
    )


def _recent(read: _Read, asked: Asked, now: datetime) -> Recent:
    site, until = read.site, seconds(now)
    hours = _until(read.hours, until, ENTRY_REACH)
    newest = moment(float(hours.start[-1])) if len(hours) else now - STEP
    on = local_date(site, newest)
    day = day_on(site, on)
    observed = {place: _cut(read.observed[place], until) for place in asked.places | asked.states}
    states = {place: stage_state(observed[place], now) for place in asked.states}
    here = next((one for one in reversed(read.present) if one.at <= now), None)
    present = here if here is not None and here.at > now - PRESENT_REACH else None
    by_rate = {rate: found.at(until) for rate, found in read.detected.items()}
    return Recent(
        site=site,
        now=now,
        hours=hours,
        day=day,
        history=_history(read, on, day, until) if asked.usual else None,
        detection=by_rate.get(FALSE_ALARMS),
        measure=str(read.measure),
        source=read.source,
        reports=(),
        pressure=_pressure(site, states, present, asked.pressure),
        sectors=(),
        shown_sectors=(),
        observed=observed,
        states=states,
        present=present,
        stock=stock_at(read.stock, now),
        detections=by_rate,
    )


def _until(hours: Buckets, until: float, reach: timedelta) -> Buckets:
    """What was over by then, of the days before: a slice, which costs nothing however long the past is."""
    last = int(np.searchsorted(hours.end, until, side="right"))
    first = int(np.searchsorted(hours.start, until - reach.total_seconds(), side="left"))
    return hours.where(np.arange(first, max(first, last)))


def _cut(seen: Observed, until: float) -> Observed:
    read = seen.readings
    first, last = np.searchsorted(read.at, [until - ENTRY_REACH.total_seconds(), until + 1e-6]).astype(int)
    return replace(
        seen,
        arrivals=_until(seen.arrivals, until, ENTRY_REACH),
        served=_until(seen.served, until, ENTRY_REACH),
        left=_until(seen.left, until, ENTRY_REACH),
        fine=_until(seen.fine, until, ENTRY_REACH),
        readings=Readings(*(getattr(read, name)[first:last] for name in read.__dataclass_fields__)),
    )


def _history(read: _Read, on: date, day: Window, until: float) -> baseline.History | None:
    """The usual of the day from the days before it, and of its own hours those that were over."""
    if on not in read.usual:
        before = tuple(Window(span.start, min(span.end, day.start)) for span in read.spans if span.start < day.start)
        known = baseline.history(_until(read.hours, seconds(day.start), timedelta(days=90)), on, read.site, before)
        read.usual[on] = None if known is None else known.with_day(read.hours, read.site)
    whole = read.usual[on]
    if whole is None:
        return None
    line = whole.line.copy()
    line[whole.starts[-2] + int((until - seconds(day.start)) // HOUR) :] = np.nan
    return replace(whole, line=line)


def _present(conn: Connection, site: Site, official: Mapping[tuple[str, str], str], window: Window) -> list[PresentNow]:
    """Counts of the people inside, of the source that counts: none where several do and nobody chose."""
    told = queries.present_readings(conn, site.site, Window(window.start - PRESENT_REACH, window.end))
    sources: Collection[str] = set(told["source"])
    source = official.get((site.entry_stage, PRESENT)) or (next(iter(sources)) if len(sources) == 1 else None)
    mine = told[told["source"] == source]
    return [
        PresentNow(
            float(row["people"]),
            None if np.isnan(row["safe_capacity"]) else int(row["safe_capacity"]),
            row["at"].to_pydatetime(),
            bool(row["at_least"]),
            Method(row["method"]),
            str(row["source"]),
        )
        for row in mine.to_dict("records")
    ]


def _pressure(
    site: Site, states: Mapping[Place, StageState], here: PresentNow | None, rows: tuple[Limits, ...]
) -> Pressure:
    general = states.get((site.entry_stage, Lane.GENERAL))
    if not rows or general is None:
        return NO_PRESSURE
    safe = (here.safe_capacity or site.safe_capacity) if here else None
    return pressure(
        general,
        states.get((site.entry_stage, Lane.PRIORITY)),
        here.people / safe if here and safe else None,
        rows,
    )
