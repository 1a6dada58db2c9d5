"""Queues, counters and people present: readings at a moment, never sums."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

import pandas as pd
from sqlalchemy import Connection, select

from data.frames import frame
from data.grains import winning
from data.revisions import NATURAL_KEY, counting
from data.tables import present_reading, queue_reading, roster_line
from data.types import Window
from data.vocabulary import Dataset, Method

# A reading older than this says nothing about a queue.
LOOK_BACK = timedelta(hours=24)

QUEUE_COLUMNS = [
    *("at", "stage", "lane", "waiting", "counters_open", "counters_total", "ticket_issued", "ticket_served"),
    *("wait_minutes", "at_least", "method", "source", "received_at"),
]

PRESENT_COLUMNS = ["at", "people", "safe_capacity", "at_least", "method", "source", "received_at"]

# Numbers of people and counters that may be missing: NaN, whatever the driver makes of a column of nothing.
QUEUE_NUMBERS = ["waiting", "counters_open", "counters_total", "ticket_issued", "ticket_served", "wait_minutes"]


def queue_readings(conn: Connection, site: str, window: Window, as_of: datetime | None = None) -> pd.DataFrame:
    """Every reading in the window, in order.

    Columns: at, stage, lane, waiting, counters_open, counters_total, ticket_issued, ticket_served, wait_minutes,
    at_least, method, source, received_at.
    """
    q = queue_reading.c
    read = frame(
        conn,
        select(*(q[name] for name in QUEUE_COLUMNS), q.issued_at, q.line_id)
        .where(q.site == site, q.at >= window.start, q.at < window.end, counting(queue_reading, as_of))
        .order_by(q.stage, q.at, q.line_id),
    )
    won = winning(read, NATURAL_KEY[Dataset.QUEUE]).sort_values(["at", "stage", "lane", "source"])
    return won[QUEUE_COLUMNS].astype(dict.fromkeys(QUEUE_NUMBERS, float)).reset_index(drop=True)


def latest_queue(conn: Connection, site: str, at: datetime, as_of: datetime | None = None) -> pd.DataFrame:
    """The newest reading of each stage and lane, at most 24 h old. Columns as in `queue_readings`."""
    read = queue_readings(conn, site, Window(at - LOOK_BACK, at + timedelta(microseconds=1)), as_of)
    return read.drop_duplicates(["stage", "lane"], keep="last").reset_index(drop=True)


class Present(NamedTuple):
    """People in the centre at a moment."""

    people: float
    safe_capacity: int | None
    at: datetime
    at_least: bool
    method: Method
    source: str
    received_at: datetime


def present_readings(conn: Connection, site: str, window: Window, as_of: datetime | None = None) -> pd.DataFrame:
    """Columns: at, people, safe_capacity, at_least, method, source, received_at."""
    p = present_reading.c
    read = frame(
        conn,
        select(*(p[name] for name in PRESENT_COLUMNS), p.issued_at, p.line_id)
        .where(p.site == site, p.at >= window.start, p.at < window.end, counting(present_reading, as_of))
        .order_by(p.at, p.line_id),
    )
    won = winning(read, NATURAL_KEY[Dataset.PRESENT]).sort_values(["at", "source"])
    return won[PRESENT_COLUMNS].astype({"safe_capacity": float}).reset_index(drop=True)


def latest_present(conn: Connection, site: str, at: datetime, as_of: datetime | None = None) -> Present | None:
    """The newest count of people in the centre; None when none was reported in the 24 h before."""
    read = present_readings(conn, site, Window(at - LOOK_BACK, at + timedelta(microseconds=1)), as_of)
    if read.empty:
        return None
    row = read.iloc[-1]
    return Present(
        people=float(row["people"]),
        safe_capacity=None if pd.isna(row["safe_capacity"]) else int(row["safe_capacity"]),
        at=row["at"].to_pydatetime(),
        at_least=bool(row["at_least"]),
        method=Method(row["method"]),
        source=row["source"],
        received_at=row["received_at"].to_pydatetime(),
    )


def roster(conn: Connection, site: str, window: Window, as_of: datetime | None = None) -> pd.DataFrame:
    """Counters planned, shifts that start in the window. Columns: stage, lane, start, end, counters_planned, source."""
    r = roster_line.c
    columns = ["stage", "lane", "start", "end", "counters_planned", "source"]
    read = frame(
        conn,
        select(*(r[name] for name in columns), r.issued_at, r.received_at, r.line_id).where(
            r.site == site, r.start >= window.start, r.start < window.end, counting(roster_line, as_of)
        ),
    )
    won = winning(read, NATURAL_KEY[Dataset.ROSTER]).sort_values(["start", "stage", "lane"])
    return won[columns].reset_index(drop=True)
