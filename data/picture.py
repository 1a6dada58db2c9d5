"""A site at a moment: what the store knows, worked out once. Boards, alerts and the API all start from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from data import queries
from data.analytics.arrivals import DayTotal, day_total
from data.analytics.baseline import DAYS, History, history
from data.analytics.buckets import Buckets, buckets, seconds
from data.analytics.coverage import Denominators, coverage, standards_in_force
from data.analytics.freshness import Expected, expected
from data.analytics.kpis import PresentNow
from data.analytics.pressure import pressure
from data.analytics.stages import NO_HOURS, NO_READINGS, Observed, StageState, readings, stage_state
from data.analytics.windows import day_on, local_date
from data.queries import SeriesKey
from data.queries.board import hours_of, official_sources, print_of_hours
from data.types import Pressure, SectorCoverage, Site, Window
from data.vocabulary import Lane, Measure, Stage

# Who is served now at the entry stage may have joined days ago; at other stages a day is enough.
ENTRY_REACH = timedelta(days=4)
STAGE_REACH = timedelta(hours=26)
SERVICES_REACH = timedelta(days=2)
SILENCE_REACH = timedelta(days=14)


@dataclass(frozen=True)
class Picture:
    site: Site
    now: datetime
    day: Window
    official: Mapping[tuple[str, str], str]
    entry: Observed
    states: Mapping[tuple[Stage, Lane], StageState]
    readings: pd.DataFrame  # of the chosen source of each stage and lane, as `queries.queue_readings`
    arrivals_day: DayTotal | None
    served_day: DayTotal | None
    usual_arrivals: History | None
    usual_served: History | None
    present: PresentNow | None
    pressure: Pressure
    sectors: tuple[SectorCoverage, ...]
    reports: tuple[Expected, ...]

    @property
    def entry_state(self) -> StageState:
        return self.states[self.site.entry_stage, Lane.GENERAL]

    def source(self, measure: Measure) -> str | None:
        return self.official.get((self.site.entry_stage, measure))


def picture(
    conn: Connection,
    site: Site,
    day: Window,
    now: datetime,
    as_of: datetime | None = None,
    in_alarm: tuple[Window, ...] = (),
) -> Picture:
    """Everything about the site that a headline needs. `day` is the operational day whose totals are asked for."""
    official = official_sources(conn, site.site, now)
    read = chosen(queries.queue_readings(conn, site.site, readings_window(day, now), as_of), official)
    observed = observe(conn, site, official, read, day, now, as_of)
    states = {key: stage_state(seen, now) for key, seen in observed.items()}
    entry = observed[site.entry_stage, Lane.GENERAL]
    here = present_now(conn, site, now, as_of)
    safe = (here.safe_capacity or site.safe_capacity) if here else None
    presence = here.people / safe if here and safe else None
    keys = {m: series_key(site, official, m) for m in (Measure.ARRIVALS, Measure.SERVED)}
    arrivals_key, served_key = keys[Measure.ARRIVALS], keys[Measure.SERVED]
    on = local_date(site, day.start)
    return Picture(
        site=site,
        now=now,
        day=day,
        official=official,
        entry=entry,
        states=states,
        readings=read,
        arrivals_day=_total(conn, arrivals_key, entry.arrivals, day, now, as_of),
        served_day=_total(conn, served_key, entry.served, day, now, as_of),
        usual_arrivals=usual(conn, arrivals_key, site, on, in_alarm, as_of),
        usual_served=usual(conn, served_key, site, on, in_alarm, as_of),
        present=here,
        pressure=pressure(
            states[site.entry_stage, Lane.GENERAL], states.get((site.entry_stage, Lane.PRIORITY)), presence
        ),
        sectors=sector_coverage(conn, site, day, now, here, entry, official, as_of),
        reports=expected(queries.last_received(conn, site.site, as_of or now)),
    )


def series_key(site: Site, official: Mapping[tuple[str, str], str], measure: Measure) -> SeriesKey | None:
    """The official series of the entry stage."""
    source = official.get((site.entry_stage, measure))
    return None if source is None else SeriesKey(site.site, site.entry_stage, measure, source)


def readings_window(day: Window, now: datetime) -> Window:
    return Window(min(now - STAGE_REACH, day.start - timedelta(hours=2)), now + timedelta(microseconds=1))


def chosen(read: pd.DataFrame, official: Mapping[tuple[str, str], str]) -> pd.DataFrame:
    """One source's readings per stage and lane: two sources' head counts are two series, never one line."""
    if read.empty or read["source"].nunique() == 1:
        return read
    parts = []
    for (stage, _lane), same in read.groupby(["stage", "lane"], sort=False):
        sources = same["source"].value_counts()
        counter = official.get((str(stage), Measure.SERVED))
        use = counter if counter in sources.index else sources.index[0]
        parts.append(same[same["source"] == use])
    return pd.concat(parts).sort_values(["at", "stage", "lane"])


def observe(
    conn: Connection,
    site: Site,
    official: Mapping[tuple[str, str], str],
    read: pd.DataFrame,
    day: Window,
    now: datetime,
    as_of: datetime | None,
) -> dict[tuple[Stage, Lane], Observed]:
    """Recent hours and readings of each stage and lane of the site."""
    end = now + timedelta(microseconds=1)
    entry_start = min(day.start, now) - ENTRY_REACH
    far: list[SeriesKey] = []
    near: list[SeriesKey] = []
    for (stage, measure), source in official.items():
        if stage not in site.stages or measure not in (Measure.ARRIVALS, Measure.SERVED):
            continue
        for lane in Lane:
            key = SeriesKey(site.site, stage, measure, source, lane)
            (far if stage == site.entry_stage and lane is Lane.GENERAL else near).append(key)
    asked = ((far, Window(entry_start, end)), (near, Window(now - STAGE_REACH, end)))
    flow = {
        tuple(map(str, key)): buckets(part)
        for keys, window in asked
        for key, part in hours_of(conn, keys, window, as_of).groupby(["stage", "lane", "measure"], sort=False)
    }
    queue = {tuple(map(str, key)): readings(part) for key, part in read.groupby(["stage", "lane"], sort=False)}
    places = {(site.entry_stage, Lane.GENERAL)}
    places |= {(Stage(key[0]), Lane(key[1])) for key in [*flow, *queue] if key[0] in site.stages}
    return {
        (stage, lane): Observed(
            stage,
            lane,
            flow.get((stage, lane, Measure.ARRIVALS), NO_HOURS),
            flow.get((stage, lane, Measure.SERVED), NO_HOURS),
            queue.get((stage, lane), NO_READINGS),
        )
        for stage, lane in places
    }


def _total(
    conn: Connection, key: SeriesKey | None, hours: Buckets, day: Window, now: datetime, as_of: datetime | None
) -> DayTotal | None:
    if key is None:
        return None
    return day_total(hours, day, now, queries.flow_by_day(conn, key, Window(day.start, day.end), as_of))


def present_now(conn: Connection, site: Site, now: datetime, as_of: datetime | None) -> PresentNow | None:
    row = queries.latest_present(conn, site.site, now, as_of)
    if row is None:
        return None
    return PresentNow(row.people, row.safe_capacity, row.at, row.at_least, row.method, row.source)


def usual(
    conn: Connection,
    key: SeriesKey | None,
    site: Site,
    on: date,
    in_alarm: tuple[Window, ...],
    as_of: datetime | None,
) -> History | None:
    """What is usual on a local date, from the eight weeks before it; kept until one of those hours changes."""
    if key is None:
        return None
    window = Window(day_on(site, on - timedelta(days=DAYS)).start, day_on(site, on).start)
    if as_of is not None:
        return history(buckets(queries.flow_by_hour(conn, key, window, as_of)), on, site, in_alarm)
    mark = (str(conn.engine.url), key, on, site, in_alarm, print_of_hours(conn, key, window))
    found = _kept(mark)
    if not found:
        found.append(history(buckets(queries.flow_by_hour(conn, key, window)), on, site, in_alarm))
    return found[0]


@lru_cache(maxsize=512)
def _kept(mark: object) -> list[History | None]:
    """A place to keep one baseline: eight weeks of hours give the same answer at every tick of a day."""
    return []


def sector_coverage(
    conn: Connection,
    site: Site,
    day: Window,
    now: datetime,
    here: PresentNow | None,
    entry: Observed,
    official: Mapping[tuple[str, str], str],
    as_of: datetime | None,
) -> tuple[SectorCoverage, ...]:
    """Coverage of the day so far, not yet masked for anyone."""
    until = min(now, day.end)
    lines = queries.service_totals(conn, site.site, Window(day.start - SERVICES_REACH, until), as_of)
    rules = standards_in_force(queries.standards(conn, site.site, until), queries.phase(conn, site.site, until))
    came = entry.arrivals if (site.entry_stage, Measure.ARRIVALS) in official else entry.served

    def arrivals(span: Window) -> float | None:
        hours = came.between(seconds(span.start), seconds(span.end))
        return float(np.sum(hours.people)) if len(hours) else None

    people = Denominators(here.people if here else None, arrivals)
    return coverage(site, lines, rules, people, day, until)
