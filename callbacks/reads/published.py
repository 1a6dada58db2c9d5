"""What others printed beside what the engine makes of the reports, once an hour: each moment is looked at anew."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from callbacks.reads.once import once
from data.published import published_beside
from data.types import Beside, Site, by_the_hour


def published(conn: Connection, site: Site, version: int, now: datetime, as_of: datetime | None) -> tuple[Beside, ...]:
    """As of the hour in which `now` falls. `now`: of a page of the past, its moment."""
    at = by_the_hour(now)
    then = None if as_of is None else at
    return once(conn, version, ("published", site, at, then), lambda: published_beside(conn, site, at, then))
