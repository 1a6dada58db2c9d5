"""Days that are unlike their weekday and say nothing of it: policy events of the kind `holiday`."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from data.analytics.windows import day_on, local_date
from data.queries.board import events
from data.types import Site, Window

HOLIDAY = "holiday"
AHEAD = timedelta(days=5)


def holidays(conn: Connection, site: Site, on: date, back: int, as_of: datetime | None) -> frozenset[date]:
    """Local dates, from so many days before `on` to a few after it."""
    window = Window(day_on(site, on - timedelta(days=back)).start, day_on(site, on + AHEAD).start)
    told = events(conn, site.site, window, as_of)
    return frozenset(local_date(site, event.at) for event in told if event.kind == HOLIDAY)
