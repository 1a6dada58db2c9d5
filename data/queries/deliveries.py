"""What was received, from whom, and what was wrong with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Row, Select, case, exists, func, or_, select, type_coerce

from data.frames import frame
from data.revisions import counting
from data.tables import Utc, cadence, report, report_issue, report_site, source
from data.types import Delivery, Issue
from data.vocabulary import Dataset


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


def last_received(conn: Connection, site: str, at: datetime | None = None) -> pd.DataFrame:
    """Who reports here, by the cadence in force at `at` (None: the newest) or because something came.

    Columns: source, organisation, dataset, last_received, last_period_end, cadence_minutes; the last three are
    missing where nothing came or no cadence was agreed.
    """
    rs, c = report_site.c, cadence.c
    came = frame(
        conn,
        select(
            rs.source,
            rs.dataset,
            func.max(rs.received_at).label("last_received"),
            func.max(rs.period_end).label("last_period_end"),
        )
        .where(rs.site == site, counting(report_site, at))
        .group_by(rs.source, rs.dataset),
    )
    agreed = frame(
        conn,
        select(c.source, c.dataset, c.minutes.label("cadence_minutes"))
        .where(c.site == site, *([] if at is None else [c.valid_from <= at]))
        .order_by(c.valid_from),
    ).drop_duplicates(["source", "dataset"], keep="last")
    organisations = frame(conn, select(source.c.source, source.c.organisation))
    both = came.merge(agreed, on=["source", "dataset"], how="outer")
    both = both.merge(organisations, on="source", how="left").astype({"cadence_minutes": float})
    columns = ["source", "organisation", "dataset", "last_received", "last_period_end", "cadence_minutes"]
    return both.sort_values(["source", "dataset"])[columns].reset_index(drop=True)


# What a page's age speaks of: people and queues. A count of goods that has just come makes no queue younger.
ABOUT_PEOPLE = (str(Dataset.FLOW), str(Dataset.QUEUE), str(Dataset.PRESENT))
# The newest end of a period is among so many of the newest deliveries, unless as many backlogs came after it.
NEWEST = 500


def data_as_of(conn: Connection, site: str) -> datetime | None:
    """Up to when people and queues were reported, by the deliveries that count; None where nothing was.

    Not when the last file came: a backlog that has just arrived is as old as what it tells. Where nobody reports
    people or queues, the same of whatever else is reported.
    """
    rs = report_site.c
    told = case((rs.period_end < rs.received_at, rs.period_end), else_=rs.received_at).label("told")
    for about in ([rs.dataset.in_(ABOUT_PEOPLE)], []):
        newest = select(told).where(rs.site == site, counting(report_site), *about)
        last = newest.order_by(rs.received_at.desc()).limit(NEWEST).subquery()
        found = conn.execute(select(type_coerce(func.max(last.c.told), Utc))).scalar_one()
        if found is not None:
            return found
    return None


def known_sources(conn: Connection) -> pd.DataFrame:
    """Columns: source, organisation, name, contact_role, reports, last_received (missing where nothing came)."""
    s, r = source.c, report.c
    return frame(
        conn,
        select(
            *(s.source, s.organisation, s.name, s.contact_role),
            func.count(r.report_id).label("reports"),
            func.max(r.received_at).label("last_received"),
        )
        .join_from(source, report, s.source == r.source, isouter=True)
        .group_by(s.source, s.organisation, s.name, s.contact_role)
        .order_by(s.source),
    )
