"""Signing out: the id of an ended session is known to every process until its cookie would have run out by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from data.store import unless_there
from data.tables import ended_session

# How long an account's session lasts at most.
LONGEST_SESSION = timedelta(hours=12)


def end_session(conn: Connection, session: str, now: datetime) -> None:
    """`now` is real time. Twice is as good as once."""
    e = ended_session.c
    conn.execute(delete(ended_session).where(e.ended_at < now - 2 * LONGEST_SESSION))
    conn.execute(unless_there(conn, ended_session).values(session=session, ended_at=now))


def ended_sessions(conn: Connection) -> frozenset[str]:
    return frozenset(conn.execute(select(ended_session.c.session)).scalars())
