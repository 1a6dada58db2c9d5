"""What was received, from whom, and what was wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, exists, func, or_, select, type_coerce

from data.frames import frame
from data.history import organisations
from data.revisions import counting
from data.tables import Utc, hold, report, report_issue, report_site, source
from data.types import Delivery, Issue
from data.vocabulary import Dataset


def deliveries(conn: Connection, site: str | None, limit: int, as_of: datetime | None = None) -> tuple[Delivery, ...]:
    """The newest ones, without their issues. A refused one speaks of no site, so every site lists it."""
    r, s = report.c, report_site.c
    stmt = _deliveries(as_of).order_by(r.received_at.desc(), r.report_id.desc()).limit(limit)
    if site is not None:
        here = exists().where(s.site == site, s.report_id == r.report_id)
        stmt = stmt.where(or_(here, r.state == "refused"))
    of = organisations(conn, as_of)
    return tuple(_delivery(row, of, (), as_of) for row in conn.execute(stmt))


def delivery(conn: Connection, report_id: int) -> Delivery | None:
    """One delivery with all its issues; None when there is no such report."""
    row = conn.execute(_deliveries(None).where(report.c.report_id == report_id)).one_or_none()
    if row is None:
        return None
    i = report_issue.c
    issues = conn.execute(select(report_issue).where(i.report_id == report_id).order_by(i.issue))
    return _delivery(
        row, organisations(conn), tuple(Issue(x.line, x.column_name, x.code, x.facts) for x in issues), None
    )


def _deliveries(as_of: datetime | None) -> Select[Any]:
    """Those received by `as_of`; `held`: part of it lies in a closed period and waits."""
    r, h = report.c, hold.c
    waits: ColumnElement[bool] = h.released_at.is_(None)
    if as_of is not None:
        waits = and_(h.held_at <= as_of, or_(waits, h.released_at > as_of))
    held = exists().where(h.report_id == r.report_id, waits)
    came = [] if as_of is None else [func.coalesce(r.recorded_at, r.received_at, type_=Utc()) <= as_of]
    return select(report, held.label("held")).where(*came)


def _state(row: Row[Any], as_of: datetime | None) -> str:
    """As it was at a moment: what was undone since counted then."""
    state = str(row.state)
    if as_of is not None and row.undone_at is not None and row.undone_at > as_of:
        state = "partial" if row.rejected else "accepted"
    return "held" if row.held and state != "undone" else state


def _delivery(
    row: Row[Any], of: Mapping[str, str | None], issues: tuple[Issue, ...], as_of: datetime | None
) -> Delivery:
    return Delivery(
        report_id=row.report_id,
        source=row.source,
        organisation=of.get(row.source),
        dataset=row.dataset,
        filename=row.filename,
        received_at=row.received_at,
        issued_at=row.issued_at,
        rows=row.rows,
        accepted=row.accepted,
        rejected=row.rejected,
        state=_state(row, as_of),
        sha256=row.sha256,
        issues=issues,
        sent_by=row.sent_by,
        reason=row.reason,
        not_reported=row.not_reported,
    )


# What a page's age speaks of: people and queues. A count of goods that has just come makes no queue younger.
ABOUT_PEOPLE = (str(Dataset.FLOW), str(Dataset.QUEUE), str(Dataset.PRESENT))
# The newest end of a period is among so many of the newest deliveries, unless as many backlogs came after it.
NEWEST = 500


def data_as_of(conn: Connection, site: str, as_of: datetime | None = None) -> datetime | None:
    """Up to when people and queues were reported, by the deliveries that count; None where nothing was.

    Not when the last file came: a backlog that has just arrived is as old as what it tells. Where nobody reports
    people or queues, the same of whatever else is reported.
    """
    rs = report_site.c
    told = case((rs.period_end < rs.received_at, rs.period_end), else_=rs.received_at).label("told")
    for about in ([rs.dataset.in_(ABOUT_PEOPLE)], []):
        newest = select(told).where(rs.site == site, counting(report_site, as_of), *about)
        last = newest.order_by(rs.received_at.desc()).limit(NEWEST).subquery()
        found = conn.execute(select(type_coerce(func.max(last.c.told), Utc))).scalar_one()
        if found is not None:
            return found
    return None


def first_received(conn: Connection, site: str) -> datetime | None:
    """When the first delivery about the site came, whatever became of it."""
    rs = report_site.c
    return conn.execute(select(func.min(rs.received_at)).where(rs.site == site)).scalar_one_or_none()


def known_sources(conn: Connection) -> pd.DataFrame:
    """Columns: source, organisation, name, contact_role, contact, reports, last_received (missing if nothing came)."""
    s, r = source.c, report.c
    return frame(
        conn,
        select(
            *(s.source, s.organisation, s.name, s.contact_role, s.contact),
            func.count(r.report_id).label("reports"),
            func.max(r.received_at).label("last_received"),
        )
        .join_from(source, report, s.source == r.source, isouter=True)
        .group_by(s.source, s.organisation, s.name, s.contact_role, s.contact)
        .order_by(s.source),
    )
