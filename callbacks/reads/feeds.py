"""The feeds of a site as the desk shows them: how each stands, in the time of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from callbacks.reads.once import once
from data import queries
from data.analytics.feeding import standing
from data.clock import Replay, stored_replay
from data.queries.feeds import submissions_by_feed
from data.queries.reporting import contacts
from data.types import ClockReading, FeedState, Reporting, Scope
from data.vocabulary import FeedStanding

WORST_FIRST = list(FeedStanding)


def feeds(conn: Connection, scope: Scope, clock: ClockReading, reports: Sequence[Reporting]) -> tuple[FeedState, ...]:
    """In trouble first. None on a page of the past: how a feed stood then was not kept."""
    if scope.as_of is not None:
        return ()
    known = queries.feed_states(conn, scope.site, counted={})
    if not known:
        return ()
    replay = stored_replay(conn) if clock.replay else None
    real_now = clock.now if replay is None else replay.real(clock.now)
    silent = {(row.source, row.dataset) for row in reports if row.silent(clock.now)}
    # Whatever a feed brings is written as a delivery, so that they need not be counted again before the next one.
    written = tuple((one.name, one.last_report) for one in known)
    counted = once(conn, 0, ("submissions", written), lambda: submissions_by_feed(conn))
    whom = contacts(conn)
    told = [
        replace(
            _in_page_time(one, replay),
            standing=standing(one, real_now, (one.source, one.dataset) in silent),
            submissions=counted.get(one.name, 0),
            organisation=whom[one.source].organisation if one.source in whom else None,
        )
        for one in known
    ]
    return tuple(sorted(told, key=lambda one: (WORST_FIRST.index(one.standing), one.name)))


def _in_page_time(feed: FeedState, replay: Replay | None) -> FeedState:
    """Feeds are read by the machine's clock; a page of a replay shows when that was by its own."""
    if replay is None:
        return feed

    def told(at: datetime | None) -> datetime | None:
        return None if at is None else replay.at(at)

    return replace(
        feed,
        tried_at=told(feed.tried_at),
        succeeded_at=told(feed.succeeded_at),
        failed_at=told(feed.failed_at),
        next_at=told(feed.next_at),
        held_until=told(feed.held_until),
    )
