"""What was received, from whom, and what was wrong with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Row, Select, exists, func, or_, select

from data.frames import frame
from data.revisions import counting
from data.tables import report, report_issue, report_site, source
from data.types import Delivery, Issue


def deliveries(conn: Connection, site: str | None, limit: int) -> tuple[Delivery, ...]:
    """The newest ones, without their issues. A refused one speaks of no site, so every site lists it."""
    r, s = report.c, report_site.c
    stmt = _deliveries().order_by(r.received_at.desc(), r.report_id.desc()).limit(limit)
    if site is not None:
        here = exists().where(s.site == site, s.report_id == r.report_id)
        stmt = stmt.where(or_(here, r.state == "refused"))
    return tuple(_delivery(row, ()) for row in conn.execute(stmt))


def delivery(conn: Connection, report_id: int) -> Delivery | None:
    """One delivery with all its issues; None when there is no such report."""
    row = conn.execute(_deliveries().where(report.c.report_id == report_id)).one_or_none()
    if row is None:
        return None
    i = report_issue.c
    issues = conn.execute(select(report_issue).where(i.report_id == report_id).order_by(i.issue))
    return _delivery(row, tuple(Issue(x.line, x.column_name, x.code, x.facts) for x in issues))


def _deliveries() -> Select[Any]:
    return select(report, source.c.organisation).join(source, source.c.source == report.c.source, isouter=True)


def _delivery(row: Row[Any], issues: tuple[Issue, ...]) -> Delivery:
    return Delivery(
        report_id=row.report_id,
        source=row.source,
        organisation=row.organisation,
        dataset=row.dataset,
        filename=row.filename,
        received_at=row.received_at,
        issued_at=row.issued_at,
        rows=row.rows,
        accepted=row.accepted,
        rejected=row.rejected,
        state=row.state,
        sha256=row.sha256,
        issues=issues,
    )


def data_as_of(conn: Connection, site: str) -> datetime | None:
    """When the newest delivery that counts was received; None where nothing was ever reported."""
    rs = report_site.c
    return conn.execute(
        select(rs.received_at).where(rs.site == site, counting(report_site)).order_by(rs.received_at.desc()).limit(1)
    ).scalar_one_or_none()


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
