"""Who was told of an alert, by which way and with what success: now, or as it stood at a moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, select

from data.silences import silenced_by, silences
from data.tables import delivery, notice, notice_alert, outbox
from data.types import AlertCard, Silence, Site, Telling
from data.vocabulary import Fate, NoticeKind

BAD = (Fate.FAILING, Fate.UNDELIVERED)


def marked(
    conn: Connection,
    site: Site,
    cards: Sequence[AlertCard],
    now: datetime,
    as_of: datetime | None = None,
    known: tuple[Silence, ...] | None = None,
) -> tuple[AlertCard, ...]:
    """The cards with the silence each is under, and who was told of it."""
    quiet = silences(conn, site, now, as_of) if known is None else known
    told = _of_alerts(conn, [card.alert_id for card in cards], as_of)
    return tuple(
        replace(
            card,
            silenced=silenced_by(card.rule, card.subject, quiet, now, site) if card.is_open else None,
            tellings=tuple(told.get(card.alert_id, ())),
        )
        for card in cards
    )


def _of_alerts(conn: Connection, ids: Sequence[int], as_of: datetime | None) -> dict[int, list[Telling]]:
    if not ids:
        return {}
    a, n, o = notice_alert.c, notice.c, outbox.c
    until = [] if as_of is None else [n.at <= as_of]
    rows = conn.execute(
        select(a.alert_id, n.notice_id, n.kind, n.step, n.at, o.channel, o.fate, o.attempts)
        .join(notice, n.notice_id == a.notice_id)
        .join(outbox, o.notice_id == a.notice_id)
        .where(a.alert_id.in_(ids), *until)
        .order_by(n.notice_id, o.channel)
    ).all()
    tries = _tries(conn, {row.notice_id for row in rows}, as_of)
    found: dict[int, list[Telling]] = {}
    for row in rows:
        told = Telling(row.notice_id, NoticeKind(row.kind), row.step, row.at, row.channel, Fate(row.fate), row.attempts)
        found.setdefault(row.alert_id, []).append(_tried(told, tries, as_of))
    return found


def _tries(
    conn: Connection, notices: set[int], as_of: datetime | None
) -> dict[tuple[int, str], tuple[int, datetime, bool | None, str | None]]:
    """The last try of each: its number, when, whether it arrived, and what was wrong."""
    d = delivery.c
    if not notices:
        return {}
    until = [] if as_of is None else [d.at <= as_of]
    rows = conn.execute(select(delivery).where(d.notice_id.in_(notices), *until).order_by(d.attempt))
    return {(row.notice_id, row.channel): (row.attempt, row.at, row.arrived, row.trouble) for row in rows}


def _tried(
    told: Telling,
    tries: dict[tuple[int, str], tuple[int, datetime, bool | None, str | None]],
    as_of: datetime | None,
) -> Telling:
    last = tries.get((told.notice_id, told.channel))
    if last is None:
        early = told.fate in (Fate.SENT, Fate.FAILING, Fate.UNDELIVERED) and as_of is not None
        return replace(told, fate=Fate.WAITING, attempts=0) if early else told
    attempt, at, good, trouble = last
    if as_of is not None:
        fate = Fate.SENT if good else Fate.WAITING if good is None else Fate.FAILING
        return replace(told, fate=fate, attempts=attempt, tried_at=at, trouble=trouble)
    return replace(told, tried_at=at, trouble=None if good else trouble)


def unsent(
    conn: Connection, site: str, now: datetime, as_of: datetime | None = None, reach: timedelta = timedelta(days=3)
) -> tuple[Telling, ...]:
    """Notices that did not reach their channel lately, the newest first."""
    n, o = notice.c, outbox.c
    rows = conn.execute(
        select(n.notice_id, n.kind, n.step, n.at, o.channel, o.fate, o.attempts)
        .join(outbox, o.notice_id == n.notice_id)
        .where(n.site == site, n.at > now - reach, n.at <= now, and_(o.site == site))
        .order_by(n.notice_id.desc(), o.channel)
    ).all()
    tries = _tries(conn, {row.notice_id for row in rows}, as_of)
    found = [
        _tried(
            Telling(row.notice_id, NoticeKind(row.kind), row.step, row.at, row.channel, Fate(row.fate), row.attempts),
            tries,
            as_of,
        )
        for row in rows
    ]
    return tuple(one for one in found if one.fate in BAD)
