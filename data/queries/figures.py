"""One figure as every source has it, in single statements without frames: for boards, rebuilt all day long."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, select, text

from data.frames import raw, raw_rows
from data.queries.board import Rows
from data.queries.flow import LONG
from data.queries.statements import END, SITE, START, asked, every, kept_statement
from data.revisions import counting
from data.tables import flow_daily, flow_hourly, flow_line, present_reading
from data.types import Window


def _of_figure(conn: Connection, table: Table, period: str) -> Select[Any]:
    c = table.c
    return (
        raw(conn, table, ("source", "lane", period, "people", "minutes", "at_least", "method", "received_at"))
        .where(c.site == SITE, c.stage == bindparam("stage"), c.measure == bindparam("measure"))
        .where(*every(table, "lane", "source"))
        .where(c[period] >= START, c[period] < END)
        .order_by(c.source, c.lane, c[period])
    )


@kept_statement
def _figure_hours(conn: Connection, as_of: Any) -> Select[Any]:
    return _of_figure(conn, flow_hourly, "hour")


@kept_statement
def _figure_days(conn: Connection, as_of: Any) -> Select[Any]:
    return _of_figure(conn, flow_daily, "day")


def figure_rows(conn: Connection, site: str, stage: str, measure: str, period: str, window: Window) -> Rows:
    """One figure as every source and lane has it, by `period` "hour" or "day", in order.

    Rows: source, lane, start, people, minutes, at_least, method, received_at (raw).
    """
    stmt = {"hour": _figure_hours, "day": _figure_days}[period](conn, None)
    return raw_rows(conn, stmt, {**asked(site, window), "stage": stage, "measure": measure})


@kept_statement
def _long(conn: Connection, as_of: Any) -> Select[Any]:
    line = flow_line.c
    # As the index has it.
    return select(line.line_id).where(line.site == SITE, line.start >= START, line.start < END, text(LONG)).limit(1)


def any_long(conn: Connection, site: str, window: Window) -> bool:
    """Whether any report of weeks or months was ever sent that starts in the window: mostly there is none."""
    return conn.execute(_long(conn, None), asked(site, window)).first() is not None


@kept_statement
def _counts(conn: Connection, as_of: Any) -> Select[Any]:
    p = present_reading.c
    return (
        select(p.at, p.people)
        .where(p.site == SITE, p.source == bindparam("source"), p.at >= START, p.at < END)
        .where(counting(present_reading, as_of))
        .order_by(p.at, p.issued_at, p.received_at, p.line_id)
    )


def counts_of_people(
    conn: Connection, site: str, window: Window, source: str, as_of: datetime | None = None
) -> dict[datetime, float]:
    """People in the centre as one source counted them, by time; of one moment the newest."""
    rows = conn.execute(_counts(conn, as_of), {**asked(site, window, as_of), "source": source})
    return {row.at: float(row.people) for row in rows}
