"""Periods somebody vouched for, and deliveries that wait because they would change one."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from data.tables.base import RowId, Utc, metadata

# Every step in the life of a period, never updated: the newest one says whether it is closed.
closing = Table(
    "closing",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("start", Utc, primary_key=True),
    Column("end", Utc, primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("kind", String(20), nullable=False),  # day, shift
    Column("action", String(20), nullable=False),  # approved, unlocked
    Column("at", Utc, nullable=False),
    Column("who", String(120), nullable=False),
    Column("reason", Text, nullable=False),
)

# The lines of a report inside a closed period: kept, not counted until released.
hold = Table(
    "hold",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("report_id", RowId, primary_key=True),
    Column("start", Utc, primary_key=True),
    Column("end", Utc, primary_key=True),
    Column("held_at", Utc, nullable=False),
    Column("released_at", Utc),
    Column("released_by", String(120)),
    Column("reason", Text),  # why it was let through
)

# Waiting deliveries are few; every read asks which they are.
Index(
    "ix_hold_waiting",
    hold.c.report_id,
    sqlite_where=hold.c.released_at.is_(None),
    postgresql_where=hold.c.released_at.is_(None),
)
