"""The feeds of the store: added, paused, taken away; who pulls one now, and how its last try ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, or_, select, update

from data.feeds.config import Feed, read_feed
from data.sites import sites
from data.store import lock, writing
from data.tables import feed as feed_table
from data.versions import raise_version

# How long a process may be silent before another one takes its feed over.
HELD = timedelta(minutes=5)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)


class UnknownFeed(LookupError):
    """No feed of this name in the store."""


@dataclass(frozen=True)
class Kept:
    """A feed as the store has it."""

    feed: Feed
    cursor: Mapping[str, Any]
    paused: bool
    failures: int


def add_feed(conn: Connection, feed: Feed, config: str, mapping: str, now: datetime, by: str) -> bool:
    """Add a feed, or bring it to what its files say now; True when it is new. With another mapping it is read anew."""
    _lock(conn, feed.name)
    row: dict[str, Any] = {
        "kind": feed.kind,
        "source": feed.source,
        "dataset": str(feed.mapping.dataset),
        "config": config,
        "mapping": mapping,
        "every_seconds": None if feed.every is None else int(feed.every.total_seconds()),
        "next_at": None if feed.every is None else now,
    }
    known = conn.execute(select(feed_table).where(feed_table.c.feed == feed.name)).one_or_none()
    if known is None:
        conn.execute(insert(feed_table).values(feed=feed.name, **row, cursor={}, added_at=now, added_by=by, failures=0))
        return True
    if (known.kind, known.source) != (feed.kind, feed.source):
        raise ValueError(f"{feed.name} was added as {known.kind} of {known.source}: give this one another name")
    cursor = known.cursor if known.mapping == mapping and known.config == config else {}
    row |= {"cursor": cursor, "removed_at": None}
    conn.execute(update(feed_table).where(feed_table.c.feed == feed.name).values(**row))
    return known.removed_at is not None


def beside(conn: Connection, feed: Feed) -> list[str]:
    """Other feeds of the same source and dataset: two that count the same hours would replace each other's sums."""
    f = feed_table.c
    same = [
        f.source == feed.source,
        f.dataset == str(feed.mapping.dataset),
        f.feed != feed.name,
        f.removed_at.is_(None),
    ]
    return list(conn.execute(select(f.feed).where(*same).order_by(f.feed)).scalars())


def remove_feed(conn: Connection, name: str, now: datetime) -> None:
    """It is neither read nor sent to. What it brought stays and counts. Raises UnknownFeed."""
    _lock(conn, name)
    _row(conn, name)
    conn.execute(update(feed_table).where(feed_table.c.feed == name).values(removed_at=now, next_at=None))


def pause_feed(conn: Connection, name: str, now: datetime) -> None:
    _row(conn, name)
    conn.execute(update(feed_table).where(feed_table.c.feed == name).values(paused_at=now))


def resume_feed(conn: Connection, name: str, now: datetime) -> None:
    row = _row(conn, name)
    due = None if row.every_seconds is None else now
    conn.execute(update(feed_table).where(feed_table.c.feed == name).values(paused_at=None, next_at=due))


def kept_feed(conn: Connection, name: str) -> Kept:
    """Raises UnknownFeed."""
    row = _row(conn, name)
    return Kept(read_feed(row.config, row.mapping), row.cursor, row.paused_at is not None, row.failures)


def due_feeds(conn: Connection, now: datetime) -> list[str]:
    """Names of the feeds to be pulled now, the longest waiting first."""
    f = feed_table.c
    stmt = select(f.feed).where(
        f.paused_at.is_(None), f.next_at <= now, or_(f.held_until.is_(None), f.held_until < now)
    )
    return list(conn.execute(stmt.order_by(f.next_at)).scalars())


def hold(engine: Engine, name: str, holder: str, now: datetime) -> bool:
    """Keep others from pulling this feed for a while; False when somebody else does so already."""
    f = feed_table.c
    with writing(engine) as conn:
        _lock(conn, name)
        free = or_(f.held_until.is_(None), f.held_until < now, f.held_by == holder)
        held = (
            update(feed_table).where(f.feed == name, free).values(held_by=holder, held_until=now + HELD, tried_at=now)
        )
        return conn.execute(held).rowcount == 1


def succeeded(engine: Engine, name: str, holder: str, now: datetime, whole: bool = True) -> None:
    """`whole` False: there is more to read, and it is due at once."""
    with writing(engine) as conn:
        row = _row(conn, name)
        due = None if row.every_seconds is None else now + timedelta(seconds=row.every_seconds if whole else 0)
        _end(conn, name, holder, succeeded_at=now, failed_at=None, failures=0, error=None, next_at=due)
        if row.failed_at is not None:
            _tell_sites(conn)


def failed(engine: Engine, name: str, holder: str, now: datetime, code: str, facts: Mapping[str, Any]) -> None:
    """Try again later and later, but not more seldom than agreed. Every desk hears of it."""
    with writing(engine) as conn:
        row = _row(conn, name)
        pause = min(FIRST_PAUSE * 2 ** min(row.failures, 12), LONGEST_PAUSE)
        if row.every_seconds is not None:
            pause = min(pause, max(timedelta(seconds=row.every_seconds), FIRST_PAUSE))
        values = {"failed_at": row.failed_at or now, "failures": row.failures + 1}
        due = None if row.every_seconds is None else now + pause
        _end(conn, name, holder, **values, error={"code": code, "facts": dict(facts)}, next_at=due)
        if row.failed_at is None:
            _tell_sites(conn)


def _end(conn: Connection, name: str, holder: str, **values: Any) -> None:
    f = feed_table.c
    conn.execute(update(feed_table).where(f.feed == name).values(**values))
    free = update(feed_table).where(f.feed == name, f.held_by == holder)
    conn.execute(free.values(held_by=None, held_until=None))


def _tell_sites(conn: Connection) -> None:
    """A feed may serve any site: every desk lists one that fails."""
    for place in sorted(sites(conn), key=lambda place: place.site):
        raise_version(conn, place.site)


def _lock(conn: Connection, name: str) -> None:
    lock(conn, f"feed:{name}")


def _row(conn: Connection, name: str) -> Row[Any]:
    there = feed_table.c.removed_at.is_(None)
    row = conn.execute(select(feed_table).where(feed_table.c.feed == name, there)).one_or_none()
    if row is None:
        known = ", ".join(conn.execute(select(feed_table.c.feed).where(there).order_by(feed_table.c.feed)).scalars())
        raise UnknownFeed(f"no feed {name!r} (known: {known or '-'})")
    return row
