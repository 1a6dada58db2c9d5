"""A site at a moment: what the store knows, worked out once. Boards, alerts and the API all start from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from data import queries
from data.analytics.arrivals import DayTotal, day_total, reported_day
from data.analytics.baseline import DAYS, History, history
from data.analytics.buckets import NO_HOURS, Buckets, buckets, seconds
from data.analytics.coverage import Denominators, coverage, standards_in_force
from data.analytics.freshness import Expected, expected
from data.analytics.kpis import PresentNow
from data.analytics.pressure import pressure
from data.analytics.stages import NO_READINGS, Observed, Readings, StageState, numbers, readings, stage_state
from data.analytics.windows import day_on, local_date
from data.queries import SeriesKey
from data.queries.board import (
    Rows,
    epochs_of,
    expected_rows,
    hour_rows,
    official_sources,
    present_row,
    print_of_hours,
    print_of_services,
    queue_rows,
)
from data.types import Pressure, SectorCoverage, Site, Window
from data.vocabulary import Lane, Measure, Method, Stage

# Who is served now at the entry stage may have joined days ago; at other stages a day is enough.
ENTRY_REACH = timedelta(days=4)
STAGE_REACH = timedelta(hours=26)
PRESENT_REACH = timedelta(hours=24)
SERVICES_REACH = timedelta(days=2)
MOMENT = timedelta(microseconds=1)

Official = Mapping[tuple[str, str], str]
Place = tuple[Stage, Lane]


@dataclass(frozen=True)
class Picture:
    site: Site
    now: datetime
    day: Window
    official: Official
    observed: Mapping[Place, Observed]
    states: Mapping[Place, StageState]
    readings_from: datetime  # how far back the readings of `observed` reach
    arrivals_day: DayTotal | None
    served_day: DayTotal | None
    usual_arrivals: History | None
    usual_served: History | None
    present: PresentNow | None
    pressure: Pressure
    sectors: tuple[SectorCoverage, ...]
    reports: tuple[Expected, ...]

    @property
    def entry(self) -> Observed:
        return self.observed[self.site.entry_stage, Lane.GENERAL]

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
    since = min(now - STAGE_REACH, day.start - timedelta(hours=2))
    observed = observe(conn, site, official, day, now, since, as_of)
    states = {place: stage_state(seen, now) for place, seen in observed.items()}
    general = site.entry_stage, Lane.GENERAL
    here = present_now(conn, site, now, as_of)
    safe = (here.safe_capacity or site.safe_capacity) if here else None
    keys = {m: series_key(site, official, m) for m in (Measure.ARRIVALS, Measure.SERVED)}
    arrivals, served = keys[Measure.ARRIVALS], keys[Measure.SERVED]
    on = local_date(site, day.start)
    return Picture(
        site=site,
        now=now,
        day=day,
        official=official,
        observed=observed,
        states=states,
        readings_from=since,
        arrivals_day=total_of(conn, arrivals, observed[general].arrivals, day, now, as_of),
        served_day=total_of(conn, served, observed[general].served, day, now, as_of),
        usual_arrivals=usual(conn, arrivals, site, on, in_alarm, as_of),
        usual_served=usual(conn, served, site, on, in_alarm, as_of),
        present=here,
        pressure=pressure(
            states[general],
            states.get((site.entry_stage, Lane.PRIORITY)),
            here.people / safe if here and safe else None,
        ),
        sectors=sector_coverage(conn, site, day, now, here, observed[general], official, as_of),
        reports=expected(expected_rows(conn, site.site, now, as_of)),
    )


def series_key(site: Site, official: Official, measure: Measure) -> SeriesKey | None:
    """The official series of the entry stage."""
    source = official.get((site.entry_stage, measure))
    return None if source is None else SeriesKey(site.site, site.entry_stage, measure, source)


def observe(
    conn: Connection,
    site: Site,
    official: Official,
    day: Window,
    now: datetime,
    since: datetime,
    as_of: datetime | None,
) -> dict[Place, Observed]:
    """Recent hours and readings of each stage and lane of the site."""
    far: list[SeriesKey] = []
    near: list[SeriesKey] = []
    for (stage, measure), source in official.items():
        if stage in site.stages and measure in (Measure.ARRIVALS, Measure.SERVED):
            for lane in Lane:
                entry = stage == site.entry_stage and lane is Lane.GENERAL
                (far if entry else near).append(SeriesKey(site.site, stage, measure, source, lane))
    flow: dict[tuple[str, ...], Buckets] = {}
    for keys, start in ((far, min(day.start, now) - ENTRY_REACH), (near, now - STAGE_REACH)):
        flow |= hours_of(conn, keys, Window(start, now + MOMENT), as_of)
    queue = queues(queue_rows(conn, site.site, Window(since, now + MOMENT), as_of), official)
    places: set[Place] = {(site.entry_stage, Lane.GENERAL)}
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


def hours_of(
    conn: Connection, keys: list[SeriesKey], window: Window, as_of: datetime | None
) -> dict[tuple[str, ...], Buckets]:
    """Hours by stage, lane and measure."""
    if as_of is not None:
        known = {k: queries.flow_by_hour(conn, k, window, as_of) for k in keys}
        return {(k.stage, str(k.lane), str(k.measure)): buckets(f) for k, f in known.items() if not f.empty}
    rows = hour_rows(conn, keys, window)
    return {
        (stage, lane, measure): _buckets(list(part))
        for (stage, measure, lane), part in groupby(rows, key=lambda row: (row[0], row[1], row[2]))
    }


def _buckets(rows: Rows) -> Buckets:
    """From rows of `board.hour_rows`."""
    hour, people, minutes, at_least, method, received = list(zip(*rows, strict=True))[4:]
    return Buckets(
        epochs_of(hour),
        np.array(minutes, dtype=float),
        np.array(people, dtype=float),
        np.array(at_least, dtype=bool),
        np.array(method, dtype=object),
        epochs_of(received),
    )


def queues(rows: Rows, official: Official) -> dict[tuple[str, ...], Readings]:
    """Readings by stage and lane, of one source each: two sources' head counts are two series, never one line."""
    places: dict[tuple[str, ...], list[tuple[object, ...]]] = {}
    for row in rows:
        places.setdefault((row[0], row[1]), []).append(tuple(row))
    found: dict[tuple[str, ...], Readings] = {}
    for (stage, lane), told in places.items():
        sources = Counter(str(row[2]) for row in told)
        counter = official.get((stage, Measure.SERVED))
        use = counter if counter in sources else sources.most_common(1)[0][0]
        found[stage, lane] = _readings([row for row in told if row[2] == use])
    return found


def _readings(rows: Rows) -> Readings:
    """From rows of `board.queue_rows`."""
    _, _, source, at, *cells, at_least, method = list(zip(*rows, strict=True))
    waiting, opened, total, issued, served, wait = (numbers(part) for part in cells)
    return readings(
        epochs_of(at),
        waiting,
        (opened, total),
        (issued, served),
        wait,
        np.array(at_least, dtype=bool),
        np.array(method, dtype=object),
        np.array(source, dtype=object),
    )


def total_of(
    conn: Connection, key: SeriesKey | None, hours: Buckets, day: Window, now: datetime, as_of: datetime | None
) -> DayTotal | None:
    """The day's figure: by its hours while it runs, as the day's own reports have it once it is over."""
    if key is None:
        return None
    so_far = day_total(hours, day, now)
    if now < day.end and so_far is not None:
        return so_far
    return reported_day(queries.flow_by_day(conn, key, day, as_of), day) or so_far


def present_now(conn: Connection, site: Site, now: datetime, as_of: datetime | None) -> PresentNow | None:
    row = present_row(conn, site.site, Window(now - PRESENT_REACH, now + MOMENT), as_of)
    if row is None:
        return None
    return PresentNow(row.people, row.safe_capacity, row.at, bool(row.at_least), Method(row.method), row.source)


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
    found = _kept_usual(mark)
    if not found:
        rows = hour_rows(conn, [key], window)
        found.append(history(_buckets(rows) if rows else NO_HOURS, on, site, in_alarm))
    return found[0]


@lru_cache(maxsize=512)
def _kept_usual(mark: object) -> list[History | None]:
    """A place to keep one baseline: eight weeks of hours give the same answer at every tick of a day."""
    return []


def sector_coverage(
    conn: Connection,
    site: Site,
    day: Window,
    now: datetime,
    here: PresentNow | None,
    entry: Observed,
    official: Official,
    as_of: datetime | None,
) -> tuple[SectorCoverage, ...]:
    """Coverage of the day so far, not yet masked for anyone."""
    until = min(now, day.end)
    lines = _service_lines(conn, site, Window(day.start - SERVICES_REACH, until), as_of)
    rules = standards_in_force(queries.standards(conn, site.site, until), queries.phase(conn, site.site, until))
    came = entry.arrivals if (site.entry_stage, Measure.ARRIVALS) in official else entry.served

    def arrivals(span: Window) -> float | None:
        hours = came.between(seconds(span.start), seconds(span.end))
        return float(np.sum(hours.people)) if len(hours) else None

    people = Denominators(here.people if here else None, arrivals)
    return coverage(site, lines, rules, people, day, until)


def _service_lines(conn: Connection, site: Site, window: Window, as_of: datetime | None) -> list[dict[str, object]]:
    """Rows of `queries.service_totals`, kept until a line of the window changes."""
    if as_of is not None:
        return _records(queries.service_totals(conn, site.site, window, as_of))
    mark = (str(conn.engine.url), site.site, window.start, print_of_services(conn, site.site, window))
    found = _kept_services(mark)
    if not found:
        found.append(_records(queries.service_totals(conn, site.site, window)))
    return found[0]


def _records(lines: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(name): value for name, value in row.items()} for row in lines.to_dict("records")]


@lru_cache(maxsize=128)
def _kept_services(mark: object) -> list[list[dict[str, object]]]:
    """A place to keep the lines about services of one window."""
    return []
