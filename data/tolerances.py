"""How far figures may differ before somebody is asked. A site's own values hold from the moment they were set."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from data.history import recorded_by
from data.tables import tolerance

DEFAULTS: Mapping[str, float] = {
    "source-difference": 0.10,  # share of the official figure
    "times-usual": 10.0,  # times the middle of what is usual
    "times-highest": 3.0,  # times the upper edge of what is usual, and the lower edge over it
    "smallest-usual": 5.0,  # people: below this, two instead of one would be "twice the usual"
}


def tolerances(conn: Connection, site: str, at: datetime, as_of: datetime | None = None) -> Mapping[str, float]:
    """Every limit in force at a site at a moment."""
    t = tolerance.c
    known = recorded_by(tolerance, as_of)
    rows = conn.execute(
        select(t.name, t.value).where(t.site == site, t.valid_from <= at, *known).order_by(t.valid_from, t.recorded_at)
    ).all()
    return {**DEFAULTS, **{row.name: row.value for row in rows}}
