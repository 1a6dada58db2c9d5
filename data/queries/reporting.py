"""What was delivered about which time, and what was wrong with a delivery. Bounded, for boards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, String, Text, bindparam, func, select, type_coerce

from data.frames import epochs_of, raw_rows
from data.history import source_rows
from data.revisions import counting
from data.rhythm import Contact
from data.tables import Utc, cadence, report_issue, report_site, report_span
from data.types import Issue, Window

Pair = tuple[str, str]  # source, dataset

# Statements are made once: making one costs more than running it.
_SITE = bindparam("site", type_=String())
_AS_OF: Any = bindparam("as_of", type_=Utc())
_START, _END = bindparam("start", type_=Utc()), bindparam("end", type_=Utc())


def last_received(conn: Connection, site: str, as_of: datetime | None = None) -> dict[Pair, datetime]:
    """When the newest delivery that counts came, of every source and dataset that has a cadence here."""
    found = conn.execute(_last(as_of is None), {"site": site} if as_of is None else {"site": site, "as_of": as_of})
    return {(row.source, row.dataset): row.newest for row in found if row.newest is not None}


@cache
def _last(now: bool) -> Select[Any]:
    # One look per pair into the index, whatever the years stored.
    c, rs = cadence.c, report_site.c
    pairs = select(c.source, c.dataset).where(c.site == _SITE).distinct().subquery()
    newest = (
        select(rs.received_at)
        .where(rs.site == _SITE, rs.source == pairs.c.source, rs.dataset == pairs.c.dataset)
        .where(counting(report_site, None if now else _AS_OF))
        .order_by(rs.received_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    return select(pairs.c.source, pairs.c.dataset, newest.label("newest"))


def unasked(conn: Connection, site: str, since: datetime, as_of: datetime | None = None) -> dict[Pair, datetime]:
    """Whoever reported here since a moment although no cadence was ever agreed, and when last."""
    c, rs = cadence.c, report_site.c
    known = [] if as_of is None else [c.set_at <= as_of]
    agreed = select(c.source).where(c.site == site, c.source == rs.source, c.dataset == rs.dataset, *known).exists()
    rows = conn.execute(
        select(rs.source, rs.dataset, func.max(rs.received_at).label("newest"))
        .where(rs.site == site, rs.received_at > since, counting(report_site, as_of), ~agreed)
        .group_by(rs.source, rs.dataset)
        .order_by(rs.source, rs.dataset)
    )
    return {(row.source, row.dataset): row.newest for row in rows}


def first_told(conn: Connection, site: str, source: str, dataset: str, as_of: datetime | None) -> datetime | None:
    """Start of the earliest time any delivery speaks of; None where nothing came."""
    s = report_span.c
    return conn.execute(
        select(s.start)
        .where(s.site == site, s.source == source, s.dataset == dataset, counting(report_span, as_of))
        .order_by(s.start)
        .limit(1)
    ).scalar_one_or_none()


def spans(
    conn: Connection, site: str, pairs: Sequence[Pair], window: Window, as_of: datetime | None = None
) -> dict[Pair, list[tuple[float, float, float, float]]]:
    """Pieces of time that deliveries of these sources and datasets speak of and that begin in the window.

    Each is start, end, seconds between readings, and when it was received, in seconds since 1970.
    """
    if not pairs:
        return {}
    asked: dict[str, Any] = {"site": site, "start": window.start, "end": window.end}
    asked |= {"sources": sorted({pair[0] for pair in pairs}), "datasets": sorted({pair[1] for pair in pairs})}
    bound = {**asked, **({"as_of": as_of} if as_of else {})}
    rows = raw_rows(conn, _spans(conn.dialect.name, as_of is None), bound)
    found: dict[Pair, list[tuple[float, float, float, float]]] = {pair: [] for pair in pairs}
    if rows:
        source, dataset, start, end, step, received = zip(*rows, strict=True)
        moments = (epochs_of(start).tolist(), epochs_of(end).tolist(), step, epochs_of(received).tolist())
        for pair, span in zip(zip(source, dataset, strict=True), zip(*moments, strict=True), strict=True):
            if pair in found:
                found[pair].append(span)
    return found


@cache
def _spans(dialect: str, now: bool) -> Select[Any]:
    s = report_span.c
    # Moments as SQLite keeps them: a conversion per cell would cost more than the query.
    raw = [type_coerce(c, Text) if dialect == "sqlite" else c for c in (s.start, s.end, s.received_at)]
    return select(s.source, s.dataset, raw[0], raw[1], s.step_seconds, raw[2]).where(
        s.site == _SITE,
        # Each by itself: pairs of values are not looked up in an index.
        s.source.in_(bindparam("sources", expanding=True)),
        s.dataset.in_(bindparam("datasets", expanding=True)),
        s.start >= _START,
        s.start < _END,
        counting(report_span, None if now else _AS_OF),
    )


def contacts(conn: Connection, as_of: datetime | None = None) -> dict[str, Contact]:
    """Whom to call, by source."""
    return {
        name: Contact(row.get("organisation"), row.get("contact_role"), row.get("contact"))
        for name, row in source_rows(conn, as_of).items()
    }


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
