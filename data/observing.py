"""Recent hours and readings of every stage and lane of a site, read from the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from sqlalchemy import Connection

from data import queries
from data.analytics.buckets import NO_HOURS, Buckets, buckets
from data.analytics.observed import NO_READINGS, Observed, Readings, numbers, readings
from data.analytics.staffing import NO_PLAN, Plan
from data.analytics.stage_queue import LOOK_BACK
from data.frames import epochs_of
from data.queries import SeriesKey
from data.queries.board import Rows, hour_rows, queue_rows
from data.queries.counters import fine_rows, roster_rows
from data.types import Site, Window
from data.vocabulary import Lane, Measure, Stage

# Who is served now at the entry stage may have joined days ago; at other stages a day is enough.
ENTRY_REACH = timedelta(days=4)
STAGE_REACH = timedelta(hours=26)
# A plan is looked at as far as a forecast reaches; a line of it may last a month.
PLAN_AHEAD = timedelta(hours=72)
RATE_REACH = timedelta(hours=LOOK_BACK)
PLAN_REACH = timedelta(days=32)
COUNTED = (Measure.ARRIVALS, Measure.SERVED, Measure.LEFT)
MOMENT = timedelta(microseconds=1)

Official = Mapping[tuple[str, str], str]
Place = tuple[Stage, Lane]


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
        if stage in site.stages and measure in COUNTED:
            for lane in Lane:
                entry = stage == site.entry_stage and lane is Lane.GENERAL
                (far if entry else near).append(SeriesKey(site.site, stage, measure, source, lane))
    flow: dict[tuple[str, ...], Buckets] = {}
    for keys, start in ((far, min(day.start, now) - ENTRY_REACH), (near, now - STAGE_REACH)):
        flow |= hours_of(conn, keys, Window(start, now + MOMENT), as_of)
    queue = queues(queue_rows(conn, site.site, Window(since, now + MOMENT), as_of), official)
    served = [key for key in (*far, *near) if key.measure == Measure.SERVED]
    fine = quarters(fine_rows(conn, served, Window(now - RATE_REACH, now + MOMENT), as_of))
    plan = plans(roster_rows(conn, site.site, Window(now, now + PLAN_AHEAD), PLAN_REACH, as_of), official)
    places: set[Place] = {(site.entry_stage, Lane.GENERAL)}
    places |= {(Stage(key[0]), Lane(key[1])) for key in [*flow, *queue] if key[0] in site.stages}
    return {
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


def hours_of(
    conn: Connection, keys: list[SeriesKey], window: Window, as_of: datetime | None
) -> dict[tuple[str, ...], Buckets]:
    """Hours by stage, lane and measure."""
    if as_of is not None:
        known = {k: queries.flow_by_hour(conn, k, window, as_of) for k in keys}
        return {(k.stage, str(k.lane), str(k.measure)): buckets(f) for k, f in known.items() if not f.empty}
    rows = hour_rows(conn, keys, window)
    return {
        (stage, lane, measure): hours_from(list(part))
        for (stage, measure, lane), part in groupby(rows, key=itemgetter(0, 1, 2))
    }


def hours_from(rows: Rows) -> Buckets:
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


def quarters(rows: Rows) -> dict[tuple[str, ...], Buckets]:
    """From rows of `counters.fine_rows`, by stage and lane: in each the length that most reports have, so that none
    overlaps another."""
    places: dict[tuple[str, ...], list[Sequence[Any]]] = {}
    for row in rows:
        places.setdefault((row[0], row[2]), []).append(row)
    found = {}
    for place, told in places.items():
        usual = Counter(row[5] for row in told).most_common(1)[0][0]
        # In the form of `board.hour_rows`.
        found[place] = hours_from([(*row[:5], row[6], row[5], *row[7:]) for row in told if row[5] == usual])
    return found


def plans(rows: Rows, official: Official) -> dict[tuple[str, ...], Plan]:
    """The roster by stage and lane, each of one source, chosen as for head counts."""
    found: dict[tuple[str, ...], Plan] = {}
    for place, told in _of_one_source(rows, official).items():
        _, _, _, start, end, counters = zip(*told, strict=True)
        found[place] = Plan(epochs_of(start), epochs_of(end), np.array(counters, dtype=float))
    return found


def queues(rows: Rows, official: Official) -> dict[tuple[str, ...], Readings]:
    """Readings by stage and lane, of one source each: two sources' head counts are two series, never one line."""
    return {place: _readings(told) for place, told in _of_one_source(rows, official).items()}


def _of_one_source(rows: Rows, official: Official) -> dict[tuple[str, ...], list[Sequence[Any]]]:
    """Rows that begin with stage, lane and source, by stage and lane: of whoever is official for the people served,
    else of whoever told the most."""
    places: dict[tuple[str, ...], list[Sequence[Any]]] = {}
    for row in rows:
        places.setdefault((row[0], row[1]), []).append(row)
    found: dict[tuple[str, ...], list[Sequence[Any]]] = {}
    for (stage, lane), told in places.items():
        sources = Counter(str(row[2]) for row in told)
        counter = official.get((stage, Measure.SERVED))
        use = counter if counter in sources else sources.most_common(1)[0][0]
        found[stage, lane] = [row for row in told if row[2] == use]
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
