"""How a feed stands, of what its row says: whether somebody has to look after it, and why."""

from __future__ import annotations

from datetime import datetime, timedelta

from data.types import FeedState
from data.vocabulary import FeedStanding

# The worker looks every few seconds which feeds are due; so long after that nobody looks.
UNREAD_AFTER = timedelta(minutes=10)


def standing(feed: FeedState, real_now: datetime, is_silent: bool) -> FeedStanding:
    """`real_now`: the machine's time, as the feed's are. `is_silent`: what was agreed of its source does not come."""
    if feed.paused:
        return FeedStanding.PAUSED
    if feed.failed_at is not None:
        return FeedStanding.FAILING
    if _is_unread(feed, real_now):
        return FeedStanding.UNREAD
    if feed.last_state == "refused":
        return FeedStanding.REFUSED
    if is_silent:
        return FeedStanding.SILENT
    if feed.kind == "push":
        return FeedStanding.FINE if feed.last_report is not None else FeedStanding.WAITING
    return FeedStanding.WAITING if feed.succeeded_at is None else FeedStanding.FINE


def _is_unread(feed: FeedState, real_now: datetime) -> bool:
    """It was due and nobody reads it: no worker runs."""
    if feed.next_at is None or (feed.held_until is not None and feed.held_until > real_now):
        return False
    return real_now > feed.next_at + UNREAD_AFTER
