"""Coverage of a site's day, read from the store and worked out; not yet masked for anyone."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from data import queries
from data.analytics.buckets import Buckets, seconds
from data.analytics.coverage import coverage
from data.analytics.observed import Observed
from data.analytics.seen import PresentNow
from data.analytics.standards import PARTS, Denominators, Standard, mean_present, stayed_overnight
from data.arrivals_apart import arrivals_apart
from data.days import days_of
from data.observing import Official
from data.queries.board import print_of_services
from data.queries.figures import counts_of_people
from data.queries.services import last_heard
from data.standards_book import standards_in_force
from data.types import SectorCoverage, Site, Window
from data.vocabulary import Measure, Service

SERVICES_REACH = timedelta(days=2)
SILENCE_REACH = timedelta(days=14)
MARK = "mark"  # of a row about services


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
    """Every sector of the site, for the day up to `now`; `here` and `entry` say how many people there are."""
    until = min(now, day.end)
    reach = Window(day.start - SERVICES_REACH, until)
    lines = service_rows(conn, site, reach, as_of)
    rules = standards_in_force(conn, site.site, until, as_of)
    people = denominators(conn, site, reach, until, rules, here, entry, official, as_of)
    told = {str(row["service"]) for row in lines}
    silent = any(service not in told for service in rules)
    heard = last_heard(conn, site, Window(day.start - SILENCE_REACH, day.end), as_of) if silent else {}
    return coverage(
        site, lines, rules, people, day, until, {Service(name): at for name, at in heard.items() if at <= until}
    )


def denominators(
    conn: Connection,
    site: Site,
    reach: Window,
    until: datetime,
    rules: Mapping[Service, Standard],
    here: PresentNow | None,
    entry: Observed,
    official: Official,
    as_of: datetime | None,
) -> Denominators:
    """Of one source: what two institutions count is never put together."""
    measure = Measure.ARRIVALS if (site.entry_stage, Measure.ARRIVALS) in official else Measure.SERVED
    came = entry.arrivals if measure is Measure.ARRIVALS else entry.served
    readings = list(counts_of_people(conn, site.site, reach, here.source, as_of).items()) if here else []

    def apart(name: str, span: Window) -> float | None:
        source, everybody = official.get((site.entry_stage, measure)), came_in(came, span)
        if source is None or everybody is None:
            return None
        return arrivals_apart(conn, site, measure, source, *PARTS[name], span, everybody, as_of)

    stay_counts = any(rule.denominator == "overnight" for rule in rules.values())
    return Denominators(
        present=here.people if here else None,
        arrivals=lambda span: came_in(came, span),
        present_over=lambda span: mean_present(readings, span),
        overnight=stayed_overnight(readings, until, site.zone) if stay_counts else None,
        parts=apart,
    )


def came_in(came: Buckets, span: Window) -> float | None:
    hours = came.between(seconds(span.start), seconds(span.end))
    return float(np.sum(hours.people)) if len(hours) else None


def service_rows(conn: Connection, site: Site, window: Window, as_of: datetime | None) -> list[dict[str, object]]:
    """Rows of `queries.service_totals` that start in the window, in order of it; MARK is one number for all they say.

    Read by whole operational days, each kept until a line of it changes.
    """
    if as_of is not None:
        return _records(queries.service_totals(conn, site.site, window, as_of))
    if window.start >= window.end:
        return []
    days = days_of(site, window)
    whole = _place_of(conn, site, Window(days[0].start, days[-1].end))
    if not whole:
        whole.append([row for day in days for row in _rows_of_day(conn, site, day)])
    first, last = (bisect_left(whole[0], at, key=_begins) for at in (window.start, window.end))
    return whole[0][first:last]


def _begins(row: Mapping[str, object]) -> datetime:
    start = row["start"]
    assert isinstance(start, datetime)
    return start


def _rows_of_day(conn: Connection, site: Site, day: Window) -> list[dict[str, object]]:
    kept = _place_of(conn, site, day)
    if not kept:
        kept.append(_records(queries.service_totals(conn, site.site, day)))
    return kept[0]


def _place_of(conn: Connection, site: Site, window: Window) -> list[list[dict[str, object]]]:
    """A place to keep the lines about services of one window until one of them changes."""
    mark = (str(conn.engine.url), site, window.start, print_of_services(conn, site.site, window))
    return _kept_services(mark)


def _records(lines: pd.DataFrame) -> list[dict[str, object]]:
    """NaN is not equal to itself: two rows that say the same have the same mark."""
    found = [{str(name): value for name, value in row.items()} for row in lines.to_dict("records")]
    return [{**row, MARK: hash(tuple(str(value) for value in row.values()))} for row in found]


@lru_cache(maxsize=512)
def _kept_services(mark: object) -> list[list[dict[str, object]]]:
    return []
