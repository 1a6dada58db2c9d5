"""What changed after it had been told, and who vouches for it, for the pages that say so."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from callbacks.reads.once import once
from data.analytics.lateness import Lateness
from data.closing import Approval, approvals
from data.queries.corrected import flow_revisions, revisions_by
from data.revised import lateness
from data.types import Revision, Scope, Site, Window

SHOWN = 30


def recent_revisions(conn: Connection, scope: Scope, window: Window, version: int) -> tuple[Revision, ...]:
    """The newest changes of figures of the window."""
    return once(
        conn,
        version,
        ("revisions", scope, window),
        lambda: tuple(flow_revisions(conn, scope.site, window, scope.audience, scope.as_of)[:SHOWN]),
    )


def changed_by(
    conn: Connection, scope: Scope, report_ids: tuple[int, ...], version: int
) -> dict[int, tuple[Revision, ...]]:
    """What each of these deliveries changed."""
    return once(
        conn,
        version,
        ("changed", scope, report_ids),
        lambda: {
            report: tuple(found)
            for report, found in revisions_by(conn, scope.site, report_ids, scope.audience, scope.as_of).items()
        },
    )


def closed_periods(conn: Connection, scope: Scope, window: Window, version: int) -> tuple[Approval, ...]:
    """Those that somebody vouches for."""
    asked = ("closed", scope.site, window, scope.as_of)
    return once(conn, version, asked, lambda: approvals(conn, scope.site, window, scope.as_of))


def due_reports(
    conn: Connection, site: Site, source: str, window: Window, as_of: datetime | None, version: int
) -> Lateness:
    """When reports of flow were due of a source."""
    asked = ("due", site, source, window, as_of)
    return once(conn, version, asked, lambda: lateness(conn, site, source, window, as_of))
