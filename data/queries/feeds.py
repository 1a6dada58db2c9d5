"""How the feeds are doing."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, Row, func, or_, select

from data.tables import feed, feed_instance, report, report_site
from data.types import FeedState


def feed_states(
    conn: Connection, site: str | None = None, counted: Mapping[str, int] | None = None
) -> tuple[FeedState, ...]:
    """Feeds by name; of a site those that bring reports of it or, as far as anybody knows, of no other.

    `counted`: submissions by feed, where they are known already.
    """
    f, rs = feed.c, report_site.c
    last = report.c.state.label("last_state")
    known_last = feed.outerjoin(report, f.last_report == report.c.report_id)
    stmt = select(feed, last).select_from(known_last).where(f.removed_at.is_(None)).order_by(f.feed)
    if site is not None:
        here = select(rs.source).where(rs.site == site)
        anywhere = select(rs.source)
        stmt = stmt.where(or_(f.source.in_(here), f.source.not_in(anywhere)))
    known = conn.execute(stmt).all()
    if counted is None:
        counted = submissions_by_feed(conn)
    return tuple(_state(row, counted.get(row.feed, 0)) for row in known)


def submissions_by_feed(conn: Connection) -> dict[str, int]:
    """How many submissions, or rows of a database, count now."""
    i = feed_instance.c
    counts = select(i.feed, func.count().label("number")).where(~i.superseded, ~i.gone).group_by(i.feed)
    return {row.feed: row.number for row in conn.execute(counts)}


def _state(row: Row[FeedState], submissions: int) -> FeedState:
    error = row.error or {}
    return FeedState(
        name=row.feed,
        kind=row.kind,
        source=row.source,
        dataset=row.dataset,
        every_seconds=row.every_seconds,
        paused=row.paused_at is not None,
        succeeded_at=row.succeeded_at,
        failed_at=row.failed_at,
        failures=row.failures,
        error=error.get("code"),
        error_facts=error.get("facts", {}),
        next_at=row.next_at,
        last_report=row.last_report,
        submissions=submissions,
        cursor=row.cursor or {},
        tried_at=row.tried_at,
        held_until=row.held_until,
        last_state=row.last_state,
    )
