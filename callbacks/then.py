"""Whether a moment can be shown at all: not one to come, and not one before anybody reported."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from data.queries import first_received
from data.types import Site


class NoSuchMoment(ValueError):
    """Locale key `address.<code>` and its facts."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def shown_at(conn: Connection, site: Site, as_of: datetime, now: datetime) -> datetime:
    """`as_of`, if something was shown then; raises NoSuchMoment."""
    if as_of > now:
        raise NoSuchMoment("moment_to_come", now=now)
    first = first_received(conn, site.site)
    if first is None:
        raise NoSuchMoment("nothing_received", name=site.name)
    if as_of < first:
        raise NoSuchMoment("before_first_report", first=first, name=site.name)
    return as_of
