"""Notices of questions and answers, written in the transaction of the act, sent by the outbox like those of alerts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from data.alert_acts import alerts_lock
from data.channels import channels, hears
from data.notices import GATHER
from data.question_shapes import Question
from data.sources.words import plain
from data.store import lock, unless_there
from data.tables import notice, outbox
from data.types import Channel
from data.vocabulary import Fate, Level, NoticeKind

# Of more than so many in a minute the notice tells the number only.
MOST_TOLD = 20


def tell_question(
    conn: Connection, site: str, kind: NoticeKind, one: Question, now: datetime, real_now: datetime
) -> int:
    """Write down that a question, or its answer, is to be told. How many channels will hear of it.

    Those of a minute are one notice. What is told leaves the house: the figure as everybody may see it.
    """
    lock(conn, alerts_lock(site))  # nothing is added to a notice once it is being sent
    ways = _heard_by(channels(conn, site), one.owners)
    if not ways:
        return 0
    said = {
        "number": one.number,
        "figure": one.figure.key,
        "seen": one.seen_open.stored(),
        "figure_at": one.figure_at.isoformat(),
        "text": one.text,
        "by": one.by,
        "organisation": one.asked_for,
        "owners": list(one.owners),
        "answer": None if one.ended is None else {"text": one.ended.text, "by": one.ended.by},
        "channels": [way.name for way in ways],
    }
    n = notice.c
    gathering = conn.execute(
        select(notice)
        .where(n.site == site, n.kind == str(kind), n.closed_at.is_(None), n.due_at > real_now)
        .order_by(n.notice_id.desc())
        .limit(1)
    ).one_or_none()
    # Each reader hears of what is theirs: a notice gathers only what goes the same ways.
    if gathering is not None and gathering.facts["questions"][0]["channels"] == said["channels"]:
        told: list[Any] = [*gathering.facts["questions"], said]
        facts = {"questions": told[:MOST_TOLD], "count": gathering.facts["count"] + 1}
        conn.execute(update(notice).where(n.notice_id == gathering.notice_id).values(facts=facts))
        return len(ways)
    due = real_now + GATHER
    row = {"site": site, "kind": str(kind), "step": 0, "at": now, "real_at": real_now, "due_at": due}
    made = insert(notice).values(**row, facts={"questions": [said], "count": 1}).returning(n.notice_id)
    number = int(conn.execute(made).scalar_one())
    for way in ways:
        waits = {"notice_id": number, "channel": way.name, "site": site, "fate": str(Fate.WAITING)}
        conn.execute(unless_there(conn, outbox).values(**waits, attempts=0, next_at=due, changed_at=now))
    return len(ways)


def _heard_by(ways: tuple[Channel, ...], owners: tuple[str, ...]) -> list[Channel]:
    """The channels named like an owner; else those that hear of everything."""
    names = {plain(owner) for owner in owners}
    own = [one for one in ways if plain(one.name) in names]
    return own or [one for one in ways if hears(one, Level.WATCH, 0)]
