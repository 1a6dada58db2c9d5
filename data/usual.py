"""What is usual on a day, from the eight weeks before it, read once and kept until one of those hours changes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache

from sqlalchemy import Connection

from data import queries
from data.analytics.baseline import DAYS, History, history
from data.analytics.buckets import NO_HOURS, buckets
from data.analytics.windows import day_on
from data.observing import hours_from
from data.queries import SeriesKey
from data.queries.board import hour_rows, print_of_hours
from data.types import Site, Window


def usual(
    conn: Connection,
    key: SeriesKey | None,
    site: Site,
    on: date,
    in_alarm: tuple[Window, ...],
    as_of: datetime | None,
) -> History | None:
    """The usual of a local date; None without a series or under 14 days of it."""
    if key is None:
        return None
    window = Window(day_on(site, on - timedelta(days=DAYS)).start, day_on(site, on).start)
    if as_of is not None:
        return history(buckets(queries.flow_by_hour(conn, key, window, as_of)), on, site, in_alarm)
    mark = (str(conn.engine.url), key, on, site, in_alarm, print_of_hours(conn, key, window))
    found = _kept_usual(mark)
    if not found:
        rows = hour_rows(conn, [key], window)
        found.append(history(hours_from(rows) if rows else NO_HOURS, on, site, in_alarm))
    return found[0]


@lru_cache(maxsize=512)
def _kept_usual(mark: object) -> list[History | None]:
    """A place to keep one baseline: eight weeks of hours give the same answer at every tick of a day."""
    return []
