"""Who should report and when they last did; what was wrong with a delivery. Bounded, for boards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from data.revisions import counting
from data.tables import cadence, report_issue, report_site, source
from data.types import Issue

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
