"""The contingency plan of a place: its versions, who activated what of it, and every step of every task."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text

from data.tables.base import Utc, metadata

# Append-only, all three: what was known at a moment is what had been written by then.
plan_version = Table(
    "plan_version",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("valid_from", Utc, nullable=False),
    Column("recorded_at", Utc, nullable=False),
    Column("content", JSON, nullable=False),
    Column("set_by", String(120), nullable=False),
    Column("reason", Text, nullable=False),
    Column("sha", String(64), nullable=False),  # of the file that `caudal plan export` writes
)

plan_activation = Table(
    "plan_activation",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("act", Integer, primary_key=True),
    Column("at", Utc, nullable=False),  # by the domain clock
    Column("real_at", Utc, nullable=False),
    Column("move", String(20), nullable=False),
    Column("activation", Integer, nullable=False),
    Column("level", String(60)),  # null: ended
    Column("version", Integer, nullable=False),
    Column("by", String(120), nullable=False),
    Column("note", Text, nullable=False),
    Column("mark", String(20), nullable=False),  # of a drill or a replay; "": none
)

plan_task_event = Table(
    "plan_task_event",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("activation", Integer, primary_key=True),
    Column("task", String(60), primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("real_at", Utc, nullable=False),
    Column("state", String(20), nullable=False),
    Column("by", String(120), nullable=False),
    Column("note", Text, nullable=False),
    Index(None, "site", "at"),
)
