"""What a row of a series says beside its figure: what it had said before, that it came late, who vouches for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from callbacks.asked import SeriesAsk
from data import queries
from data.analytics.lateness import Lateness
from data.closing import approvals
from data.days import day_of
from data.queries import SeriesKey
from data.revised import lateness, revised
from data.types import Window
from data.versions import version_of

HOUR = timedelta(hours=1)


def noted(
    conn: Connection, ask: SeriesAsk, key: SeriesKey, rows: list[dict[str, Any]], now: datetime
) -> list[dict[str, Any]]:
    """The rows of a series; `revised_from`, `late` and `approved_by` stand only where there is something to say."""
    site, as_of = ask.site, ask.as_of
    if ask.step not in ("hour", "day"):
        return rows
    marks = revised(conn, site, key, ask.window, as_of, version_of(conn, site.site))
    closed = approvals(conn, site.site, ask.window, as_of)
    due = lateness(conn, site, key.source, ask.window, as_of) if ask.step == "hour" else Lateness()
    received = _received(conn, ask, key)
    told = []
    for row in rows:
        start = datetime.fromisoformat(row["start"])
        span = Window(start, start + HOUR) if ask.step == "hour" else day_of(site, start)
        came = marks.first.get(start) or received.get(start) if ask.step == "hour" else None
        vouches = [one.who for one in closed if one.window.start <= span.start and span.end <= one.window.end]
        notes = {
            "revised_from": (marks.hours if ask.step == "hour" else marks.days).get(start),
            "late": (came is not None and due.late(start, came)) or None,
            "approved_by": vouches[0] if vouches else None,
        }
        told.append({**row, **{name: note for name, note in notes.items() if note is not None}})
    return told


def _received(conn: Connection, ask: SeriesAsk, key: SeriesKey) -> dict[datetime, datetime]:
    if ask.step != "hour":
        return {}
    hours = queries.flow_by_hour(conn, key, ask.window, ask.as_of)
    return {
        hour.to_pydatetime(): at.to_pydatetime() for hour, at in zip(hours["hour"], hours["received_at"], strict=True)
    }
