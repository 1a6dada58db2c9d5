"""The outbox: notices that wait for their channel, held by one worker at a time, each try written down.

A worker that dies loses its hold after a while, and another one goes on. The one thing that nobody can know is whether
a notice arrived whose worker died between the provider's answer and the commit: it is sent again, under its own number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, or_, select, update

from data.alert_acts import alerts_lock
from data.alert_book import alert_sentence
from data.channels import UnknownChannel, channel_named, rank
from data.sites import site as site_named
from data.store import lock, reading, writing
from data.tables import delivery, notice, notice_alert, outbox
from data.types import Channel, Notice, ToldAlert
from data.versions import raise_version
from data.vocabulary import AlertState, Fate, Level, NoticeKind, SiteKind

# Longer than any try takes: within it nobody else may send.
HELD = timedelta(minutes=2)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(minutes=10)
# What could not be told for a day is no news any more; it is told as not delivered.
GIVEN_UP = timedelta(hours=24)


@dataclass(frozen=True)
class Held:
    """A notice to be sent on a channel, held by us for a while. `attempt` is the number of this try."""

    notice: Notice
    channel: Channel
    attempt: int

    @property
    def mark(self) -> str:
        """The same however often it is sent: by it a reader, or a mail server, knows one that came twice."""
        return f"caudal-{self.notice.site.site}-{self.notice.notice_id}-{self.channel.name}"


def due(engine: Engine, real_now: datetime, most: int) -> list[tuple[int, str]]:
    """Notices and channels to be tried now, the oldest first."""
    o = outbox.c
    free = or_(o.held_until.is_(None), o.held_until <= real_now)
    stmt = select(o.notice_id, o.channel).where(o.next_at <= real_now, free).order_by(o.next_at, o.notice_id)
    with reading(engine) as conn:
        return [(row.notice_id, row.channel) for row in conn.execute(stmt.limit(most))]


def take(
    engine: Engine, notice_id: int, name: str, worker: str, now: datetime, real_now: datetime, replayed: bool
) -> Held | None:
    """Hold a notice and write down that it is tried. None: somebody else has it, or it must not be sent.

    `now` is the domain's. While a clock is replayed, and at a site that is none, only channels that say so hear.
    """
    o = outbox.c
    with writing(engine) as conn:
        place = conn.execute(select(notice.c.site).where(notice.c.notice_id == notice_id)).scalar_one()
        lock(conn, alerts_lock(place))  # nothing is added to a notice once it is being sent
        free = or_(o.held_until.is_(None), o.held_until <= real_now)
        same = (o.notice_id == notice_id, o.channel == name)
        held = update(outbox).where(*same, o.next_at <= real_now, free)
        held = held.values(held_by=worker, held_until=real_now + HELD, attempts=o.attempts + 1)
        attempt = conn.execute(held.returning(o.attempts)).scalar_one_or_none()
        if attempt is None:
            return None
        row = conn.execute(select(notice).where(notice.c.notice_id == notice_id)).one()
        site = site_named(conn, place)
        try:
            channel = channel_named(conn, place, name)
        except UnknownChannel:
            _settle(conn, place, same, Fate.UNDELIVERED, None, now)
            return None
        if (replayed or site.kind is not SiteKind.REAL) and not channel.in_drills:
            _settle(conn, place, same, Fate.BLOCKED, None, now)
            return None
        n = notice.c
        conn.execute(update(notice).where(n.notice_id == notice_id, n.closed_at.is_(None)).values(closed_at=real_now))
        tried = {"notice_id": notice_id, "channel": name, "attempt": attempt, "site": place}
        conn.execute(insert(delivery).values(**tried, at=now, real_at=real_now, worker=worker))
        kind = NoticeKind(row.kind)
        told = Notice(notice_id, kind, row.step, row.at, row.facts, site, _alerts(conn, notice_id))
        return Held(told, channel, attempt)


def _alerts(conn: Connection, notice_id: int) -> tuple[ToldAlert, ...]:
    """The gravest first."""
    a = notice_alert.c
    rows = conn.execute(select(notice_alert).where(a.notice_id == notice_id).order_by(a.alert_id)).all()
    return tuple(_told(row) for row in sorted(rows, key=lambda row: -rank(row.level)))


def _told(row: Row[Any]) -> ToldAlert:
    said, state = row.said, AlertState(row.said["state"])
    # A notice of an end tells of what it was that ended.
    sentence = alert_sentence(
        said["rule"], AlertState.FIRING if state is AlertState.RESOLVED else state, said["evidence"]
    )
    since = datetime.fromisoformat(said["since"])
    return ToldAlert(row.alert_id, said["rule"], said["subject"], state, Level(row.level), since, sentence)


def arrived(engine: Engine, held: Held, now: datetime, real_now: datetime) -> None:
    """The other side has taken it. Said also by a worker whose hold has run out meanwhile: it is true all the same."""
    with writing(engine) as conn:
        _ended(conn, held, real_now, True, None, None)
        _settle(conn, held.notice.site.site, _same(held), Fate.SENT, None, now)


def failed(engine: Engine, held: Held, trouble: str, said: str, now: datetime, real_now: datetime) -> None:
    """Try again later and later; given up after a day."""
    o = outbox.c
    with writing(engine) as conn:
        _ended(conn, held, real_now, False, trouble, said)
        first = conn.execute(select(notice.c.real_at).where(notice.c.notice_id == held.notice.notice_id)).scalar_one()
        pause = min(FIRST_PAUSE * 2 ** min(held.attempt - 1, 16), LONGEST_PAUSE)
        gives_up = real_now + pause > first + GIVEN_UP
        # Of one that somebody else has sent in the meantime nothing is to be done.
        mine = (*_same(held), o.fate != str(Fate.SENT), o.attempts == held.attempt)
        fate = Fate.UNDELIVERED if gives_up else Fate.FAILING
        _settle(conn, held.notice.site.site, mine, fate, None if gives_up else real_now + pause, now)


def _same(held: Held) -> tuple[Any, ...]:
    return outbox.c.notice_id == held.notice.notice_id, outbox.c.channel == held.channel.name


def _ended(conn: Connection, held: Held, real_now: datetime, good: bool, trouble: str | None, said: str | None) -> None:
    d = delivery.c
    this = (d.notice_id == held.notice.notice_id, d.channel == held.channel.name, d.attempt == held.attempt)
    conn.execute(update(delivery).where(*this).values(ended_at=real_now, arrived=good, trouble=trouble, said=said))


def _settle(
    conn: Connection, site: str, same: tuple[Any, ...], fate: Fate, next_at: datetime | None, now: datetime
) -> None:
    before = conn.execute(select(outbox.c.fate).where(*same)).scalar_one_or_none()
    free = {"held_by": None, "held_until": None}
    conn.execute(update(outbox).where(*same).values(fate=str(fate), next_at=next_at, changed_at=now, **free))
    if before is not None and before != fate:  # a reader sees which it is, not how often it was tried
        raise_version(conn, site)


def standing(conn: Connection) -> dict[tuple[str, Fate], int]:
    """How many notices of each site wait, fail, or were given up on."""
    o = outbox.c
    open_ones = (str(Fate.WAITING), str(Fate.FAILING), str(Fate.UNDELIVERED))
    counted = select(o.site, o.fate, func.count().label("number")).where(o.fate.in_(open_ones)).group_by(o.site, o.fate)
    return {(row.site, Fate(row.fate)): row.number for row in conn.execute(counted)}
