"""What is open, every change of its state, and when it was last looked at."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table

from data.tables.base import RowId, Utc, metadata

alert = Table(
    "alert",
    metadata,
    Column("alert_id", RowId, primary_key=True, autoincrement=True),
    Column("site", String(64), nullable=False),
    Column("rule", String(60), nullable=False),
    Column("subject", String(160), nullable=False),
    Column("state", String(20), nullable=False),
    Column("level", String(20), nullable=False),
    Column("since", Utc, nullable=False),
    Column("updated_at", Utc, nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("memory", JSON, nullable=False),  # what the state machine must remember between evaluations
    Column("open_key", String(300), unique=True),  # site|rule|subject while open, null once resolved
    Index(None, "site", "state"),
    Index("ix_alert_site_since", "site", "since"),
)

alert_transition = Table(
    "alert_transition",
    metadata,
    Column("alert_id", RowId, ForeignKey("alert.alert_id"), primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("from_state", String(20)),
    Column("to_state", String(20), nullable=False),
    Column("reason", String(60), nullable=False),
    Column("evidence", JSON, nullable=False),
)

evaluation = Table(
    "evaluation",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("evaluated_at", Utc, nullable=False),  # domain clock
    Column("real_at", Utc, nullable=False),
    Column("worker", String(120), nullable=False),
)
