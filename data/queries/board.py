"""What one board needs, in few statements of bounded ranges and without frames: a board is rebuilt all day long.

Cost is the same whatever the years stored. The frames of the other queries say the same things, for pages and exports.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Select, String, bindparam, func, select

from data.frames import raw, raw_rows
from data.history import recorded_by
from data.queries.flow import DAY_COLUMNS, HOUR_COLUMNS, SeriesKey
from data.queries.statements import AT, END, SITE, START, asked, at_moment, every, kept_statement
from data.revisions import counting
from data.tables import (
    duplicate_decision,
    flow_daily,
    flow_hourly,
    hold,
    policy_event,
    present_reading,
    queue_reading,
    report,
    report_site,
    service_line,
    site_phase,
    site_stay,
    standard,
)
from data.types import PolicyEvent, Window
from data.vocabulary import Dataset, Phase, Stay

SERIES = ["stage", "measure", "lane", "source"]
Rows = Sequence[Sequence[Any]]

QUEUE_CELLS = [
    *("stage", "lane", "source", "at", "waiting", "counters_open", "counters_total", "ticket_issued"),
    *("ticket_served", "wait_minutes", "at_least", "method"),
]


@kept_statement
def _hours(conn: Connection, as_of: Any) -> Select[Any]:
    h = flow_hourly.c
    return (
        raw(conn, flow_hourly, (*SERIES, *HOUR_COLUMNS))
        .where(h.site == SITE, *(h[name].in_(bindparam(name, expanding=True)) for name in SERIES))
        .where(h.hour >= START, h.hour < END)
        .order_by(*(h[name] for name in SERIES), h.hour)
    )


def hour_rows(conn: Connection, keys: Sequence[SeriesKey], window: Window) -> Rows:
    """Hours of several series of one site that start in the window, in order: SERIES, then HOUR_COLUMNS (raw)."""
    if not keys:
        return []
    parts = {name: sorted({str(getattr(key, name)) for key in keys}) for name in SERIES}
    rows = raw_rows(conn, _hours(conn, None), {**asked(keys[0].site, window), **parts})
    wanted = {tuple(str(getattr(key, name)) for name in SERIES) for key in keys}
    if len(wanted) == 1:
        return rows
    told = ((series, list(part)) for series, part in groupby(rows, key=itemgetter(0, 1, 2, 3)))
    return [row for series, part in told if series in wanted for row in part]


@kept_statement
def _days(conn: Connection, as_of: Any) -> Select[Any]:
    d = flow_daily.c
    return (
        raw(conn, flow_daily, DAY_COLUMNS)
        .where(d.site == SITE, *(d[name] == bindparam(name, type_=String()) for name in SERIES))
        .where(d.day >= START, d.day < END)
        .order_by(d.day)
    )


def day_rows(conn: Connection, key: SeriesKey, window: Window) -> Rows:
    """Days of one series (not of EVERY_LANE) that start in the window, in order: DAY_COLUMNS (raw)."""
    return raw_rows(conn, _days(conn, None), {**asked(key.site, window), **key.columns})


@kept_statement
def _newest_report(conn: Connection, as_of: Any) -> Select[Any]:
    rs = report_site.c
    return (
        select(rs.report_id)
        .where(rs.site == SITE, rs.source == bindparam("source"), rs.dataset == str(Dataset.FLOW))
        .where(rs.period_start < END)
        .order_by(rs.report_id.desc())
        .limit(1)
    )


@kept_statement
def _turned(conn: Connection, as_of: Any) -> Select[Any]:
    gone = select(func.count()).select_from(report).where(report.c.undone_at.is_not(None))
    let_in = select(func.count()).select_from(hold).where(hold.c.site == SITE, hold.c.released_at.is_not(None))
    return select(gone.scalar_subquery(), let_in.scalar_subquery())


def print_of_hours(conn: Connection, key: SeriesKey, window: Window) -> tuple[object, ...]:
    """Changes whenever an hour of the window may have: the newest report that reaches into it, how many do not count
    any more, and how many were let into a closed period."""
    asked = {"site": key.site, "source": key.source, "end": window.end}
    newest = conn.execute(_newest_report(conn, None), asked).scalar_one_or_none()
    return newest, *conn.execute(_turned(conn, None), {"site": key.site}).one()


@kept_statement
def _services_print(conn: Connection, as_of: Any) -> Select[Any]:
    line = service_line.c
    decided = select(func.count()).select_from(duplicate_decision).where(duplicate_decision.c.site == SITE)
    stmt: Select[Any, Any, Any, Any] = select(
        func.count(), func.max(line.line_id), func.sum(line.report_id), decided.scalar_subquery()
    )
    return stmt.where(line.site == SITE, line.start >= START, line.start < END, counting(service_line))


def print_of_services(conn: Connection, site: str, window: Window) -> tuple[object, ...]:
    """Changes whenever a line about services in the window comes or stops counting, or duplicates are decided."""
    return tuple(conn.execute(_services_print(conn, None), asked(site, window)).one())


@kept_statement
def _queue(conn: Connection, as_of: Any) -> Select[Any]:
    q = queue_reading.c
    return (
        raw(conn, queue_reading, QUEUE_CELLS)
        .where(q.site == SITE, *every(queue_reading, "stage"), q.at >= START, q.at < END)
        .where(counting(queue_reading, as_of))
        .order_by(q.issued_at, q.received_at, q.line_id)
    )


def queue_rows(conn: Connection, site: str, window: Window, as_of: datetime | None = None) -> Rows:
    """Readings that count, of every stage, lane and source, by time: QUEUE_CELLS (raw)."""
    rows = raw_rows(conn, _queue(conn, as_of), asked(site, window, as_of))
    # Of one key the last counts.
    won = {row[:4]: row for row in rows}
    return sorted(won.values(), key=lambda row: row[3])


@kept_statement
def _counters_of_people(conn: Connection, as_of: Any) -> Select[Any]:
    p = present_reading.c
    return (
        select(p.source).distinct().where(p.site == SITE, p.at >= START, p.at < END, counting(present_reading, as_of))
    )


def present_sources(conn: Connection, site: str, window: Window, as_of: datetime | None = None) -> list[str]:
    """Who counted the people in the centre."""
    return sorted(conn.execute(_counters_of_people(conn, as_of), asked(site, window, as_of)).scalars())


@kept_statement
def _present(conn: Connection, as_of: Any) -> Select[Any]:
    p = present_reading.c
    return (
        select(p.people, p.safe_capacity, p.at, p.at_least, p.method, p.source)
        .where(p.site == SITE, p.source == bindparam("source"), p.at >= START, p.at < END)
        .where(counting(present_reading, as_of))
        .order_by(p.at.desc(), p.issued_at.desc(), p.received_at.desc(), p.line_id.desc())
        .limit(1)
    )


def present_row(conn: Connection, site: str, window: Window, source: str, as_of: datetime | None = None) -> Any | None:
    """A source's newest count of people in the centre: people, safe_capacity, at, at_least, method, source."""
    return conn.execute(_present(conn, as_of), {**asked(site, window, as_of), "source": source}).one_or_none()


@kept_statement
def _standards(conn: Connection, as_of: Any) -> Select[Any]:
    s = standard.c
    return (
        select(standard)
        .where(s.site == SITE, s.phase == bindparam("phase"), s.valid_from <= AT, *recorded_by(standard, as_of))
        .order_by(s.valid_from, s.recorded_at)
    )


def standard_rows(
    conn: Connection, site: str, at: datetime, phase: str, as_of: datetime | None = None
) -> dict[str, Any]:
    """The standard of each service in force at a moment, withdrawn or not: every column of the table."""
    rows = conn.execute(_standards(conn, as_of), {**at_moment(site, at, as_of), "phase": phase})
    return {row.service: row for row in rows}


@kept_statement
def _phase_and_stay(conn: Connection, as_of: Any) -> Select[Any]:
    newest = []
    for table, word in ((site_phase, site_phase.c.phase), (site_stay, site_stay.c.stay)):
        known = (table.c.site == SITE, table.c.valid_from <= AT, *recorded_by(table, as_of))
        order = (table.c.valid_from.desc(), table.c.recorded_at.desc())
        newest.append(select(word).where(*known).order_by(*order).limit(1).scalar_subquery())
    return select(*newest)


def phase_and_stay(conn: Connection, site: str, at: datetime, as_of: datetime | None = None) -> tuple[str, str]:
    """Which standards hold at a moment: those of an emergency until somebody says stabilised, for long stays."""
    phase, stay = conn.execute(_phase_and_stay(conn, as_of), at_moment(site, at, as_of)).one()
    return phase or str(Phase.EMERGENCY), stay or str(Stay.DAY_OR_MORE)


@kept_statement
def _need_print(conn: Connection, as_of: Any) -> Select[Any]:
    p = present_reading.c
    here = (p.site == SITE, p.at >= START, p.at < END, counting(present_reading))
    counts = [select(told).where(*here).scalar_subquery() for told in (func.count(), func.max(p.line_id))]
    ruled = [
        select(func.count()).select_from(table).where(table.c.site == SITE).scalar_subquery()
        for table in (standard, site_phase, site_stay)
    ]
    return select(*counts, *ruled)


def print_of_need(conn: Connection, site: str, window: Window) -> tuple[object, ...]:
    """Changes whenever a count of people in the window comes or goes, or a standard, phase or stay is decided."""
    return tuple(conn.execute(_need_print(conn, None), asked(site, window)).one())


@kept_statement
def _moved(conn: Connection, as_of: Any) -> Select[Any]:
    moved = [
        select(func.count())
        .select_from(table)
        .where(table.c.site == SITE, table.c.valid_from > START, table.c.valid_from <= END)
        .scalar_subquery()
        for table in (standard, site_phase, site_stay)
    ]
    return select(*moved)


def standards_moved(conn: Connection, site: str, since: datetime, until: datetime) -> bool:
    """Whether a standard, the phase or the length of stay began to hold in between."""
    return any(conn.execute(_moved(conn, None), asked(site, Window(since, until))).one())


@kept_statement
def _events(conn: Connection, as_of: Any) -> Select[Any]:
    e = policy_event.c
    return (
        select(e.source, e.at, e.title_es, e.title_en, e.kind, e.source_url)
        .where(e.site == SITE, e.at >= START, e.at < END, counting(policy_event, as_of))
        .order_by(e.at, e.issued_at, e.received_at, e.line_id)
    )


def events(conn: Connection, site: str, window: Window, as_of: datetime | None = None) -> tuple[PolicyEvent, ...]:
    """What was decided elsewhere, by time; of the same announcement the newest wording."""
    rows = conn.execute(_events(conn, as_of), asked(site, window, as_of))
    newest = {(row.source, row.at, row.title_es): row for row in rows}
    return tuple(
        PolicyEvent(row.at, {"es": row.title_es, "en": row.title_en}, row.kind, row.source_url)
        for row in newest.values()
    )
