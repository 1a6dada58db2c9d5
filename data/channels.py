"""The ways by which a site tells people of its alerts. An address is a secret: it leaves the store to be sent to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, select, update

from data.tables import channel, outbox
from data.types import Channel
from data.versions import raise_version
from data.vocabulary import LEVEL_ORDER, Fate, Language, Level


class UnknownChannel(LookupError):
    """No channel of this name at this site."""


def add_channel(conn: Connection, wanted: Channel, now: datetime, by: str) -> bool:
    """Add a channel, or bring the one of this name to what it says now; True when it is new."""
    c = channel.c
    row: dict[str, Any] = {
        "kind": wanted.kind,
        "address": wanted.address,
        "language": str(wanted.language),
        "least_level": str(wanted.least_level),
        "step": wanted.step,
        "in_drills": wanted.in_drills,
        "removed_at": None,
    }
    same = (c.site == wanted.site, c.channel == wanted.name)
    known = conn.execute(select(c.removed_at).where(*same)).one_or_none()
    if known is None:
        stamp = {"added_at": now, "added_by": by}
        conn.execute(insert(channel).values(site=wanted.site, channel=wanted.name, **row, **stamp))
    else:
        conn.execute(update(channel).where(*same).values(**row))
    raise_version(conn, wanted.site)
    return known is None or known.removed_at is not None


def remove_channel(conn: Connection, site: str, name: str, now: datetime) -> None:
    """Nothing goes there any more, not even what waits. Its log stays. Raises UnknownChannel."""
    c, o = channel.c, outbox.c
    gone = update(channel).where(c.site == site, c.channel == name, c.removed_at.is_(None))
    if conn.execute(gone.values(removed_at=now, address="")).rowcount == 0:
        raise UnknownChannel(name)
    waits = (o.site == site, o.channel == name, o.next_at.is_not(None))
    conn.execute(update(outbox).where(*waits).values(fate=str(Fate.UNDELIVERED), next_at=None, changed_at=now))
    raise_version(conn, site)


def channels(conn: Connection, site: str | None = None) -> tuple[Channel, ...]:
    """In use, by site and name, each with how it does."""
    c, o = channel.c, outbox.c
    only = [] if site is None else [c.site == site]
    counted = (
        select(
            o.site,
            o.channel,
            func.sum(o.fate.in_([Fate.WAITING, Fate.FAILING]).cast(o.attempts.type)).label("waiting"),
            func.sum((o.fate == Fate.FAILING).cast(o.attempts.type)).label("failing"),
        )
        .where(o.next_at.is_not(None))
        .group_by(o.site, o.channel)
        .subquery()
    )
    sent = (
        select(o.site, o.channel, func.max(o.changed_at).label("sent_at"))
        .where(o.fate == str(Fate.SENT))
        .group_by(o.site, o.channel)
        .subquery()
    )
    rows = conn.execute(
        select(channel, counted.c.waiting, counted.c.failing, sent.c.sent_at)
        .outerjoin(counted, and_(counted.c.site == c.site, counted.c.channel == c.channel))
        .outerjoin(sent, and_(sent.c.site == c.site, sent.c.channel == c.channel))
        .where(c.removed_at.is_(None), *only)
        .order_by(c.site, c.channel)
    )
    return tuple(_of_row(row) for row in rows)


def channel_named(conn: Connection, site: str, name: str) -> Channel:
    """Raises UnknownChannel."""
    found = next((one for one in channels(conn, site) if one.name == name), None)
    if found is None:
        raise UnknownChannel(name)
    return found


def hears(one: Channel, level: str, step: int) -> bool:
    """Whether something of this level and step of the escalation is to be told there."""
    return one.step == step and rank(level) >= rank(one.least_level)


def rank(level: str) -> int:
    """How grave; what is known of nothing stands below everything."""
    return LEVEL_ORDER.index(Level(level)) if level in LEVEL_ORDER else -1


def _of_row(row: Row[Any]) -> Channel:
    return Channel(
        site=row.site,
        name=row.channel,
        kind=row.kind,
        address=row.address,
        language=Language(row.language),
        least_level=Level(row.least_level),
        step=row.step,
        in_drills=row.in_drills,
        shown=f"{row.kind}://…",
        waiting=int(row.waiting or 0),
        failing=int(row.failing or 0),
        sent_at=row.sent_at,
    )
