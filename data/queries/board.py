"""What one board needs, in few statements of bounded ranges and without frames: a board is rebuilt all day long.

Cost is the same whatever the years stored. The frames of the other queries say the same things, for pages and exports.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Column, Connection, Text, func, select, type_coerce

from data.queries.flow import HOUR_COLUMNS, SeriesKey
from data.revisions import counting
from data.tables import (
    Utc,
    cadence,
    flow_hourly,
    official,
    policy_event,
    present_reading,
    queue_reading,
    report_issue,
    report_site,
    service_daily,
    service_line,
    source,
    standard,
)
from data.types import Issue, PolicyEvent, Window

SERIES = ["stage", "measure", "lane", "source"]
Rows = Sequence[Sequence[Any]]

QUEUE_CELLS = [
    *("stage", "lane", "source", "at", "waiting", "counters_open", "counters_total", "ticket_issued"),
    *("ticket_served", "wait_minutes", "at_least", "method"),
]


def epochs_of(cells: Sequence[Any]) -> np.ndarray:
    """Moments as seconds since 1970: SQLite's text all at once, PostgreSQL's moments one by one."""
    if cells and isinstance(cells[0], str):
        return np.array(cells, dtype="datetime64[us]").astype(np.int64) / 1e6
    return np.array([cell.timestamp() for cell in cells], dtype=float)


def _raw(conn: Connection, columns: Sequence[Column[Any]]) -> list[Any]:
    """Moments as SQLite keeps them: a conversion per cell would cost more than the query."""
    if conn.dialect.name != "sqlite":
        return list(columns)
    return [type_coerce(c, Text).label(c.key) if isinstance(c.type, Utc) else c for c in columns]


def official_sources(conn: Connection, site: str, at: datetime) -> dict[tuple[str, str], str]:
    """Source by stage and measure; what nobody chose is absent."""
    o = official.c
    rows = conn.execute(
        select(o.stage, o.measure, o.source).where(o.site == site, o.valid_from <= at).order_by(o.valid_from)
    )
    return {(row.stage, row.measure): row.source for row in rows if row.source}


def hour_rows(conn: Connection, keys: Sequence[SeriesKey], window: Window) -> Rows:
    """Hours of several series of one site that start in the window, in order: SERIES, then HOUR_COLUMNS (raw)."""
    if not keys:
        return []
    h = flow_hourly.c
    parts = [{str(getattr(key, name)) for key in keys} for name in SERIES]
    rows = conn.execute(
        select(*_raw(conn, [h[name] for name in (*SERIES, *HOUR_COLUMNS)]))
        .where(
            h.site == keys[0].site,
            *(h[name].in_(sorted(part)) for name, part in zip(SERIES, parts, strict=True)),
            h.hour >= window.start,
            h.hour < window.end,
        )
        .order_by(*(h[name] for name in SERIES), h.hour)
    ).all()
    wanted = {tuple(str(getattr(key, name)) for name in SERIES) for key in keys}
    return [row for row in rows if tuple(row[:4]) in wanted] if len(wanted) > 1 else rows


def print_of_hours(conn: Connection, key: SeriesKey, window: Window) -> tuple[object, ...]:
    """Changes whenever an hour of the window does: how many, how many people, when the newest was received."""
    h = flow_hourly.c
    row = conn.execute(
        select(func.count(), func.sum(h.people), type_coerce(func.max(h.received_at), Text)).where(
            *(h[name] == value for name, value in key.columns.items()),
            h.hour >= window.start,
            h.hour < window.end,
        )
    ).one()
    return tuple(row)


def print_of_services(conn: Connection, site: str, window: Window) -> tuple[object, ...]:
    """Changes whenever a line about services in the window comes or stops counting."""
    line = service_line.c
    row = conn.execute(
        select(func.count(), func.max(line.line_id), func.sum(line.report_id)).where(
            line.site == site, line.start >= window.start, line.start < window.end, counting(service_line)
        )
    ).one()
    return tuple(row)


def queue_rows(conn: Connection, site: str, window: Window, as_of: datetime | None = None) -> Rows:
    """Readings that count, of every stage, lane and source, by time: QUEUE_CELLS (raw)."""
    q = queue_reading.c
    rows = conn.execute(
        select(*_raw(conn, [q[name] for name in QUEUE_CELLS]))
        .where(q.site == site, q.at >= window.start, q.at < window.end, counting(queue_reading, as_of))
        .order_by(q.issued_at, q.received_at, q.line_id)
    ).all()
    # Of one key the last counts.
    won = {tuple(row[:4]): row for row in rows}
    return sorted(won.values(), key=lambda row: row[3])


def present_row(conn: Connection, site: str, window: Window, as_of: datetime | None = None) -> Any | None:
    """The newest count of people in the centre: people, safe_capacity, at, at_least, method, source."""
    p = present_reading.c
    return conn.execute(
        select(p.people, p.safe_capacity, p.at, p.at_least, p.method, p.source)
        .where(p.site == site, p.at >= window.start, p.at < window.end, counting(present_reading, as_of))
        .order_by(p.at.desc(), p.source.desc(), p.issued_at.desc(), p.received_at.desc(), p.line_id.desc())
        .limit(1)
    ).one_or_none()


LATELY = timedelta(days=2)


def expected_rows(
    conn: Connection, site: str, at: datetime, as_of: datetime | None
) -> list[tuple[str, str, str | None, datetime | None, int]]:
    """Every report with a cadence in force: source, dataset, organisation, last received, cadence in minutes."""
    c, rs = cadence.c, report_site.c
    agreed = {
        (row.source, row.dataset): row.minutes
        for row in conn.execute(
            select(c.source, c.dataset, c.minutes).where(c.site == site, c.valid_from <= at).order_by(c.valid_from)
        )
    }
    if not agreed:
        return []
    counts = [rs.site == site, counting(report_site, as_of)]
    came: dict[tuple[str, str], datetime | None] = {
        (row.source, row.dataset): row.newest
        for row in conn.execute(
            select(rs.source, rs.dataset, func.max(rs.received_at).label("newest"))
            .where(*counts, rs.received_at > at - LATELY)
            .group_by(rs.source, rs.dataset)
        )
    }
    for name, dataset in agreed.keys() - came.keys():
        came[name, dataset] = conn.execute(
            select(rs.received_at)
            .where(*counts, rs.source == name, rs.dataset == dataset)
            .order_by(rs.received_at.desc())
            .limit(1)
        ).scalar_one_or_none()
    known = {row.source: row.organisation for row in conn.execute(select(source.c.source, source.c.organisation))}
    return [
        (name, dataset, known.get(name), came.get((name, dataset)), minutes)
        for (name, dataset), minutes in sorted(agreed.items())
    ]


def standard_rows(conn: Connection, site: str, at: datetime, phase: str) -> dict[str, Any]:
    """The standard of each service in force at a moment: value, per, denominator, unit, source, provisional."""
    s = standard.c
    rows = conn.execute(
        select(s.service, s.value, s.per, s.denominator, s.unit, s.source, s.provisional)
        .where(s.site == site, s.phase == phase, s.valid_from <= at)
        .order_by(s.valid_from)
    )
    return {row.service: row for row in rows}


def events(conn: Connection, site: str, window: Window, as_of: datetime | None = None) -> tuple[PolicyEvent, ...]:
    """What was decided elsewhere, by time; of the same announcement the newest wording."""
    e = policy_event.c
    rows = conn.execute(
        select(e.source, e.at, e.title_es, e.title_en, e.kind, e.source_url)
        .where(e.site == site, e.at >= window.start, e.at < window.end, counting(policy_event, as_of))
        .order_by(e.at, e.issued_at, e.received_at, e.line_id)
    )
    newest = {(row.source, row.at, row.title_es): row for row in rows}
    return tuple(
        PolicyEvent(row.at, {"es": row.title_es, "en": row.title_en}, row.kind, row.source_url)
        for row in newest.values()
    )


def last_heard(conn: Connection, site: str, window: Window) -> dict[str, datetime]:
    """The end of the last report about each service, of the operational days that start in the window."""
    d = service_daily.c
    rows = conn.execute(
        select(d.service, func.max(d.last_end).label("last"))
        .where(d.site == site, d.day >= window.start, d.day < window.end)
        .group_by(d.service)
    )
    return {row.service: row.last for row in rows}


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
