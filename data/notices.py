"""Notices: what people are to be told, written in the transaction that changed the alerts. Sending is another matter.

Several alerts of a minute are one notice; what comes while it gathers is added to it, until somebody begins to send it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from data.channels import channels, hears, rank
from data.store import unless_there
from data.tables import notice, notice_alert, outbox
from data.types import Channel
from data.vocabulary import Fate, Level, NoticeKind

# Forty rules that fire within a minute are told in one breath.
GATHER = timedelta(seconds=60)
# And not again before this, unless something critical comes.
QUIET = timedelta(minutes=5)
NEW = (str(NoticeKind.OPENED), str(NoticeKind.STILL_ON))


def tell(
    conn: Connection,
    site: str,
    kind: NoticeKind,
    rows: Sequence[Row[Any]],
    now: datetime,
    real_now: datetime,
    step: int = 0,
    facts: Mapping[str, Any] | None = None,
) -> int:
    """Write down that these alerts (rows of `alert`) are to be told. How many channels will hear of them. The caller
    holds the lock of the site's alerts."""
    if not rows:
        return 0
    at_once = kind is NoticeKind.ESCALATED  # it has waited long enough
    critical = any(row.level == Level.CRITICAL for row in rows)
    gathering = None if at_once else _gathering(conn, site, kind, step, real_now)
    if gathering is None:
        due = real_now if at_once else _due(conn, site, kind, real_now, critical)
        row = {"site": site, "kind": str(kind), "step": step, "at": now, "real_at": real_now, "due_at": due}
        made = insert(notice).values(**row, facts=dict(facts or {})).returning(notice.c.notice_id)
        number = int(conn.execute(made).scalar_one())
    else:
        number, due = int(gathering.notice_id), gathering.due_at
        if critical and due > real_now + GATHER:
            due = real_now + GATHER
            conn.execute(update(notice).where(notice.c.notice_id == number).values(due_at=due))
            conn.execute(update(outbox).where(outbox.c.notice_id == number).values(next_at=due))
    for one in rows:
        said = {name: getattr(one, name) for name in ("rule", "subject", "state", "level", "evidence")}
        said["since"] = one.since.isoformat()
        same = (notice_alert.c.notice_id == number, notice_alert.c.alert_id == one.alert_id)
        # Told once in a notice, as it stood last.
        if conn.execute(update(notice_alert).where(*same).values(level=one.level, said=said)).rowcount == 0:
            conn.execute(
                insert(notice_alert).values(notice_id=number, alert_id=one.alert_id, level=one.level, said=said)
            )
    ways = _heard_by(conn, site, kind, rows, step)
    for way in ways:
        row = {"notice_id": number, "channel": way.name, "site": site, "fate": str(Fate.WAITING)}
        conn.execute(unless_there(conn, outbox).values(**row, attempts=0, next_at=due, changed_at=now))
    return len(ways)


def _gathering(conn: Connection, site: str, kind: NoticeKind, step: int, real_now: datetime) -> Row[Any] | None:
    n = notice.c
    same = (n.site == site, n.kind == str(kind), n.step == step, n.closed_at.is_(None), n.due_at > real_now)
    return conn.execute(select(notice).where(*same).order_by(n.due_at.desc()).limit(1)).one_or_none()


def _due(conn: Connection, site: str, kind: NoticeKind, real_now: datetime, critical: bool) -> datetime:
    n = notice.c
    soon = real_now + GATHER
    last = conn.execute(select(func.max(n.due_at)).where(n.site == site, n.kind == str(kind))).scalar_one()
    # A clock that was put right may have left the last one in the future.
    if critical or last is None or last > real_now:
        return soon
    return max(soon, last + QUIET)


def _heard_by(conn: Connection, site: str, kind: NoticeKind, rows: Sequence[Row[Any]], step: int) -> list[Channel]:
    """New alerts go to the channels of their level; how they went on, to whoever had heard of them, at any level.

    Where a step has no channel of its own, whoever hears of new alerts hears that nobody has taken this one.
    """
    ways = channels(conn, site)
    if kind in (NoticeKind.OPENED, NoticeKind.GREW, NoticeKind.AGAIN, NoticeKind.ESCALATED, NoticeKind.STILL_ON):
        found = [one for one in ways if any(hears(one, row.level, step) for row in rows)]
        if found or kind is not NoticeKind.ESCALATED:
            return found
        return [one for one in ways if any(hears(one, row.level, 0) for row in rows)]
    o, a = outbox.c, notice_alert.c
    told = set(
        conn.execute(
            select(o.channel)
            .join(notice_alert, a.notice_id == o.notice_id)
            .where(o.site == site, a.alert_id.in_([row.alert_id for row in rows]))
            .distinct()
        ).scalars()
    )
    return [one for one in ways if one.name in told]


def told_levels(conn: Connection, alert_ids: Iterable[int]) -> dict[int, int]:
    """How grave each alert was when it was told as new, by its number; those never told are not in it."""
    a, n = notice_alert.c, notice.c
    ids = list(alert_ids)
    if not ids:
        return {}
    rows = conn.execute(
        select(a.alert_id, a.level).join(notice, n.notice_id == a.notice_id).where(a.alert_id.in_(ids), n.kind.in_(NEW))
    )
    found: dict[int, int] = {}
    for row in rows:
        found[row.alert_id] = max(found.get(row.alert_id, -1), rank(row.level))
    return found
