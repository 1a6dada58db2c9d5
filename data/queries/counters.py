"""What a board needs beyond hours and readings to know how fast counters serve: quarters of an hour, and the roster."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, bindparam

from data.frames import raw, raw_rows
from data.grains import BREAKDOWN
from data.queries.board import SERIES, Rows
from data.queries.flow import SeriesKey
from data.queries.statements import END, SITE, START, asked, every, kept_statement
from data.revisions import counting
from data.tables import Utc, flow_line, roster_line
from data.types import Window

FINE_CELLS = ["stage", "measure", "lane", "source", "start", "minutes", "people", "at_least", "method", "received_at"]


@kept_statement
def _fine(conn: Connection, as_of: Any) -> Select[Any]:
    f = flow_line.c
    return (
        raw(conn, flow_line, FINE_CELLS)
        .where(f.site == SITE, *(f[name].in_(bindparam(name, expanding=True)) for name in SERIES))
        .where(f.start >= START, f.start < END, f.minutes < 60, *(f[name] == "" for name in BREAKDOWN))
        .where(counting(flow_line, as_of))
        .order_by(f.issued_at, f.received_at, f.line_id)
    )


def fine_rows(conn: Connection, keys: Sequence[SeriesKey], window: Window, as_of: datetime | None = None) -> Rows:
    """Totals of less than an hour of several series of one site that start in the window, by start: FINE_CELLS (raw).

    A part of a total says nothing of it, and where only parts were reported the hours have their sum.
    """
    if not keys:
        return []
    parts = {name: sorted({str(getattr(key, name)) for key in keys}) for name in SERIES}
    rows = raw_rows(conn, _fine(conn, as_of), {**asked(keys[0].site, window, as_of), **parts})
    wanted = {tuple(str(getattr(key, name)) for name in SERIES) for key in keys}
    won = {row[:6]: row for row in rows if row[:4] in wanted}
    return sorted(won.values(), key=lambda row: row[4])


PLAN_CELLS = ["stage", "lane", "source", "start", "end", "counters_planned"]


@kept_statement
def _roster(conn: Connection, as_of: Any) -> Select[Any]:
    r = roster_line.c
    return (
        raw(conn, roster_line, PLAN_CELLS)
        .where(r.site == SITE, *every(roster_line, "stage"))
        .where(r.start >= bindparam("since", type_=Utc()), r.start < END, r.end > START)
        .where(counting(roster_line, as_of))
        .order_by(r.issued_at, r.received_at, r.line_id)
    )


def roster_rows(conn: Connection, site: str, window: Window, longest: timedelta, as_of: datetime | None = None) -> Rows:
    """Lines of the roster that run in the window and last no longer than `longest`, by start: PLAN_CELLS (raw)."""
    bound = {**asked(site, window, as_of), "since": window.start - longest}
    rows = raw_rows(conn, _roster(conn, as_of), bound)
    # Of one key the last counts.
    won = {row[:5]: row for row in rows}
    return sorted(won.values(), key=lambda row: row[3])
