"""Sessions that somebody ended before their time."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table

from data.tables.base import Utc, metadata

ended_session = Table(
    "ended_session",
    metadata,
    Column("session", String(40), primary_key=True),
    Column("ended_at", Utc, nullable=False),
    Index("ix_ended_session_ended_at", "ended_at"),
)
