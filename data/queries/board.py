"""What one board needs, in few statements of bounded ranges and without frames: a board is rebuilt all day long.

Cost is the same whatever the years stored. The frames of the other queries say the same things, for pages and exports.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, String, Table, bindparam, func, select, text

from data.frames import raw
from data.history import recorded_by
from data.queries.flow import HOUR_COLUMNS, LONG, SeriesKey
from data.revisions import counting
from data.tables import (
    Utc,
    duplicate_decision,
    flow_daily,
    flow_hourly,
    flow_line,
    policy_event,
    present_reading,
    queue_reading,
    report,
    report_site,
    service_line,
    standard,
)
from data.types import PolicyEvent, Window
from data.vocabulary import Dataset

SERIES = ["stage", "measure", "lane", "source"]
Rows = Sequence[Sequence[Any]]

QUEUE_CELLS = [
    *("stage", "lane", "source", "at", "waiting", "counters_open", "counters_total", "ticket_issued"),
    *("ticket_served", "wait_minutes", "at_least", "method"),
]


# Statements are made once: making one costs more than running it.
SITE = bindparam("site", type_=String())
START, END = bindparam("start", type_=Utc()), bindparam("end", type_=Utc())
AT, AS_OF = bindparam("at", type_=Utc()), bindparam("as_of", type_=Utc())


def _kept(make: Callable[..., Select[Any]]) -> Callable[[Connection, datetime | None], Select[Any]]:
    """A statement per database and per kind of question: as known now, or as known at a moment (`AS_OF`)."""
    made: dict[tuple[str, bool], Select[Any]] = {}

    def kept(conn: Connection, as_of: datetime | None = None) -> Select[Any]:
        kind = (conn.dialect.name, as_of is None)
        if kind not in made:
            made[kind] = make(conn, None if as_of is None else AS_OF)
        return made[kind]

    return kept


def _at(site: str, at: datetime, as_of: datetime | None) -> dict[str, Any]:
    return {"site": site, "at": at, **({} if as_of is None else {"as_of": as_of})}


def _asked(site: str, window: Window, as_of: datetime | None = None) -> dict[str, Any]:
    then = {} if as_of is None else {"as_of": as_of}
    return {"site": site, "start": window.start, "end": window.end, **then}


@_kept
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
    rows = conn.execute(_hours(conn, None), {**_asked(keys[0].site, window), **parts}).all()
    wanted = {tuple(str(getattr(key, name)) for name in SERIES) for key in keys}
    return [row for row in rows if tuple(row[:4]) in wanted] if len(wanted) > 1 else rows


def _of_figure(conn: Connection, table: Table, period: str) -> Select[Any]:
    c = table.c
    return (
        raw(conn, table, ("source", "lane", period, "people", "minutes", "at_least", "method", "received_at"))
        .where(c.site == SITE, c.stage == bindparam("stage"), c.measure == bindparam("measure"))
        .where(c[period] >= START, c[period] < END)
        .order_by(c.source, c.lane, c[period])
    )


@_kept
def _figure_hours(conn: Connection, as_of: Any) -> Select[Any]:
    return _of_figure(conn, flow_hourly, "hour")


@_kept
def _figure_days(conn: Connection, as_of: Any) -> Select[Any]:
    return _of_figure(conn, flow_daily, "day")


def figure_rows(conn: Connection, site: str, stage: str, measure: str, period: str, window: Window) -> Rows:
    """One figure as every source and lane has it, by `period` "hour" or "day", in order.

    Rows: source, lane, start, people, minutes, at_least, method, received_at (raw).
    """
    stmt = {"hour": _figure_hours, "day": _figure_days}[period](conn, None)
    return conn.execute(stmt, {**_asked(site, window), "stage": stage, "measure": measure}).all()


@_kept
def _long(conn: Connection, as_of: Any) -> Select[Any]:
    line = flow_line.c
    # As the index has it.
    return select(line.line_id).where(line.site == SITE, line.start >= START, line.start < END, text(LONG)).limit(1)


def any_long(conn: Connection, site: str, window: Window) -> bool:
    """Whether any report of weeks or months was ever sent that starts in the window: mostly there is none."""
    return conn.execute(_long(conn, None), _asked(site, window)).first() is not None


@_kept
def _newest_report(conn: Connection, as_of: Any) -> Select[Any]:
    rs = report_site.c
    return (
        select(rs.report_id)
        .where(rs.site == SITE, rs.source == bindparam("source"), rs.dataset == str(Dataset.FLOW))
        .where(rs.period_start < END)
        .order_by(rs.report_id.desc())
        .limit(1)
    )


@_kept
def _undone(conn: Connection, as_of: Any) -> Select[Any]:
    return select(func.count()).where(report.c.undone_at.is_not(None))


def print_of_hours(conn: Connection, key: SeriesKey, window: Window) -> tuple[object, ...]:
    """Changes whenever an hour of the window may have: the newest report that reaches into it, and how many do not
    count any more."""
    asked = {"site": key.site, "source": key.source, "end": window.end}
    newest = conn.execute(_newest_report(conn, None), asked).scalar_one_or_none()
    return newest, conn.execute(_undone(conn, None)).scalar_one()


@_kept
def _services_print(conn: Connection, as_of: Any) -> Select[Any]:
    line = service_line.c
    decided = select(func.count()).select_from(duplicate_decision).where(duplicate_decision.c.site == SITE)
    stmt: Select[Any, Any, Any, Any] = select(
        func.count(), func.max(line.line_id), func.sum(line.report_id), decided.scalar_subquery()
    )
    return stmt.where(line.site == SITE, line.start >= START, line.start < END, counting(service_line))


def print_of_services(conn: Connection, site: str, window: Window) -> tuple[object, ...]:
    """Changes whenever a line about services in the window comes or stops counting, or duplicates are decided."""
    return tuple(conn.execute(_services_print(conn, None), _asked(site, window)).one())


@_kept
def _queue(conn: Connection, as_of: Any) -> Select[Any]:
    q = queue_reading.c
    return (
        raw(conn, queue_reading, QUEUE_CELLS)
        .where(q.site == SITE, q.at >= START, q.at < END, counting(queue_reading, as_of))
        .order_by(q.issued_at, q.received_at, q.line_id)
    )


def queue_rows(conn: Connection, site: str, window: Window, as_of: datetime | None = None) -> Rows:
    """Readings that count, of every stage, lane and source, by time: QUEUE_CELLS (raw)."""
    rows = conn.execute(_queue(conn, as_of), _asked(site, window, as_of)).all()
    # Of one key the last counts.
    won = {tuple(row[:4]): row for row in rows}
    return sorted(won.values(), key=lambda row: row[3])


@_kept
def _counters_of_people(conn: Connection, as_of: Any) -> Select[Any]:
    p = present_reading.c
    return (
        select(p.source).distinct().where(p.site == SITE, p.at >= START, p.at < END, counting(present_reading, as_of))
    )


def present_sources(conn: Connection, site: str, window: Window, as_of: datetime | None = None) -> list[str]:
    """Who counted the people in the centre."""
    return sorted(conn.execute(_counters_of_people(conn, as_of), _asked(site, window, as_of)).scalars())


@_kept
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
    return conn.execute(_present(conn, as_of), {**_asked(site, window, as_of), "source": source}).one_or_none()


@_kept
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
    rows = conn.execute(_counts(conn, as_of), {**_asked(site, window, as_of), "source": source})
    return {row.at: float(row.people) for row in rows}


@_kept
def _standards(conn: Connection, as_of: Any) -> Select[Any]:
    s = standard.c
    return (
        select(s.service, s.value, s.per, s.denominator, s.unit, s.source, s.provisional)
        .where(s.site == SITE, s.phase == bindparam("phase"), s.valid_from <= AT, *recorded_by(standard, as_of))
        .order_by(s.valid_from, s.recorded_at)
    )


def standard_rows(
    conn: Connection, site: str, at: datetime, phase: str, as_of: datetime | None = None
) -> dict[str, Any]:
    """The standard of each service in force at a moment: value, per, denominator, unit, source, provisional."""
    rows = conn.execute(_standards(conn, as_of), {**_at(site, at, as_of), "phase": phase})
    return {row.service: row for row in rows}


@_kept
def _events(conn: Connection, as_of: Any) -> Select[Any]:
    e = policy_event.c
    return (
        select(e.source, e.at, e.title_es, e.title_en, e.kind, e.source_url)
        .where(e.site == SITE, e.at >= START, e.at < END, counting(policy_event, as_of))
        .order_by(e.at, e.issued_at, e.received_at, e.line_id)
    )


def events(conn: Connection, site: str, window: Window, as_of: datetime | None = None) -> tuple[PolicyEvent, ...]:
    """What was decided elsewhere, by time; of the same announcement the newest wording."""
    rows = conn.execute(_events(conn, as_of), _asked(site, window, as_of))
    newest = {(row.source, row.at, row.title_es): row for row in rows}
    return tuple(
        PolicyEvent(row.at, {"es": row.title_es, "en": row.title_en}, row.kind, row.source_url)
        for row in newest.values()
    )
