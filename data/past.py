"""Whole past days of one stored series, as the baseline takes them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Connection

from data import queries
from data.analytics.buckets import HOUR, NO_HOURS, Buckets, buckets, epochs, moment, seconds
from data.analytics.seasonal import DAYS as SEASON_DAYS
from data.analytics.seasonal import LEAST_DAYS, Past
from data.analytics.windows import day_on
from data.observing import hours_from
from data.queries import SeriesKey
from data.queries.board import hour_rows
from data.types import Site, Window

DAY = timedelta(days=1)


def past_of(
    conn: Connection,
    site: Site,
    key: SeriesKey,
    on: date,
    as_of: datetime | None,
    special: frozenset[date],
    days: int,
    least: int = LEAST_DAYS,
) -> Past | None:
    """The local days before `on` by the hour, where at least `least` of the last twelve weeks are known so; else by the
    day, where as many are; else None. Hours not wholly reported are unknown."""
    first = on - days * DAY
    window = Window(day_on(site, first).start, day_on(site, on).start)
    reported = known_hours(conn, key, window, as_of)
    people = np.full((days, 24), np.nan)
    whole = reported.where(reported.whole)
    day, slot = places(site, whole.start, first, days)
    people[day, slot] = whole.people
    by_hour = ~np.isnan(people).all(axis=1)
    nothing = np.full(days, np.nan)
    totals = nothing.copy()
    told_by_hour = by_hour[-SEASON_DAYS:].sum() >= least  # whatever is asked for further back
    if not by_hour.all():  # days are asked for only where hours are missing: as of a moment, that is most of the work
        missing = np.flatnonzero(~by_hour) if told_by_hour else np.arange(days)
        since, count = int(missing[0]), int(missing[-1] - missing[0]) + 1
        totals[since : since + count] = _totals(conn, site, key, first + since * DAY, count, as_of)
    holidays = np.array([first + n * DAY in special for n in range(days)])
    if told_by_hour:
        return Past(first, people, np.where(by_hour, np.nan, totals), holidays).trimmed()
    if (~np.isnan(totals)).sum() >= least:
        return Past(first, totals[:, None].copy(), nothing, holidays).trimmed()
    return None


def known_hours(conn: Connection, key: SeriesKey, window: Window, as_of: datetime | None) -> Buckets:
    if as_of is not None:
        return buckets(queries.flow_by_hour(conn, key, window, as_of))
    rows = hour_rows(conn, [key], window)
    return hours_from(rows) if rows else NO_HOURS


def places(site: Site, starts: np.ndarray, first: date, days: int) -> tuple[np.ndarray, np.ndarray]:
    """Day after `first` and slot of each hour, by the site's clock; of a stretch of so many days.

    Where clocks change, an hour that comes twice has one slot, and one that is left out has none.
    """
    begins = np.array([seconds(day_on(site, first + n * DAY).start) for n in range(days + 1)])
    day = np.clip(np.searchsorted(begins, starts, side="right") - 1, 0, days - 1)
    slot = ((starts - begins[day]) // HOUR).astype(int)
    odd = (begins[day + 1] - begins[day]) != 24 * HOUR
    if odd.any():
        zone, hour = ZoneInfo(site.zone), site.day_start_hour
        slot[odd] = [(moment(float(at)).astimezone(zone).hour - hour) % 24 for at in starts[odd]]
    return day, np.clip(slot, 0, 23)


def _totals(conn: Connection, site: Site, key: SeriesKey, first: date, days: int, as_of: datetime | None) -> np.ndarray:
    """People of each day wholly reported; NaN for the others."""
    begins = np.array([seconds(day_on(site, first + n * DAY).start) for n in range(days + 1)])
    window = Window(moment(float(begins[0])), moment(float(begins[-1])))
    told = queries.flow_by_day(conn, key, window, as_of)
    totals = np.full(days, np.nan)
    if not told.empty:
        day = np.clip(np.searchsorted(begins, epochs(told["day"]), side="right") - 1, 0, days - 1)
        whole = told["minutes"].to_numpy(dtype=float) * 60 >= (begins[day + 1] - begins[day])
        totals[day[whole]] = told["people"].to_numpy(dtype=float)[whole]
    return totals
