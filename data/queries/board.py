"""What one board needs of many series, in as few statements as will do it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pandas as pd
from sqlalchemy import Connection, func, select, union_all

from data.frames import frame
from data.queries.flow import HOUR_COLUMNS, SeriesKey, flow_by_hour
from data.tables import flow_hourly, official, report_issue
from data.types import Issue, Window

SERIES = ["stage", "measure", "lane", "source"]


def official_sources(conn: Connection, site: str, at: datetime) -> dict[tuple[str, str], str]:
    """Source by stage and measure; what nobody chose is absent."""
    o = official.c
    rows = conn.execute(
        select(o.stage, o.measure, o.source).where(o.site == site, o.valid_from <= at).order_by(o.valid_from)
    )
    return {(row.stage, row.measure): row.source for row in rows if row.source}


def hours_of(
    conn: Connection, keys: Sequence[SeriesKey], window: Window, as_of: datetime | None = None
) -> pd.DataFrame:
    """Hours of several series that start in the window: SERIES columns and those of `flow_by_hour`.

    One statement of bounded ranges of the key, whatever the years stored.
    """
    if as_of is not None or not keys:
        parts = [
            flow_by_hour(conn, key, window, as_of).assign(**{n: str(getattr(key, n)) for n in SERIES}) for key in keys
        ]
        return pd.concat(parts) if parts else pd.DataFrame(columns=[*SERIES, *HOUR_COLUMNS])
    h = flow_hourly.c
    ranges = [
        select(*(h[name] for name in (*SERIES, *HOUR_COLUMNS))).where(
            h.site == key.site,
            *(h[name] == value for name, value in key.columns.items()),
            h.hour >= window.start,
            h.hour < window.end,
        )
        for key in keys
    ]
    rows = union_all(*ranges).subquery()
    return frame(conn, select(rows).order_by(rows.c.hour))


def print_of_hours(conn: Connection, key: SeriesKey, window: Window) -> tuple[object, ...]:
    """Changes whenever an hour of the window does: how many, how many people, when the newest was received."""
    h = flow_hourly.c
    row = conn.execute(
        select(func.count(), func.sum(h.people), func.max(h.received_at)).where(
            *(h[name] == value for name, value in key.columns.items()),
            h.hour >= window.start,
            h.hour < window.end,
        )
    ).one()
    return tuple(row)


def issues_of(conn: Connection, report_ids: Sequence[int], at_most: int) -> dict[int, tuple[Issue, ...]]:
    """The first issues of each of these deliveries."""
    i = report_issue.c
    rows = conn.execute(
        select(report_issue).where(i.report_id.in_(report_ids), i.issue < at_most).order_by(i.report_id, i.issue)
    ).all()
    found: dict[int, list[Issue]] = {}
    for row in rows:
        found.setdefault(row.report_id, []).append(Issue(row.line, row.column_name, row.code, row.facts))
    return {report_id: tuple(issues) for report_id, issues in found.items()}
