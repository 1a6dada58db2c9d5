"""What rows that change in place said before: without it no page of the past could be shown as it was."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, Integer, String, Table, Text

from data.tables.base import RowId, Utc, metadata

# An alert's row at each moment at which something that a reader sees changed.
alert_moment = Table(
    "alert_moment",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("alert_id", RowId, primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("state", String(20), nullable=False),
    Column("level", String(20), nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("open", Boolean, nullable=False),
    Index(None, "site", "at"),
)

evaluation_log = Table(
    "evaluation_log",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("at", Utc, primary_key=True),
)

site_history = Table(
    "site_history",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("recorded_at", Utc, primary_key=True),
    Column("facts", JSON, nullable=False),  # the columns of `site`
)

source_history = Table(
    "source_history",
    metadata,
    Column("source", String(80), primary_key=True),
    Column("recorded_at", Utc, primary_key=True),
    Column("facts", JSON, nullable=False),  # the columns of `source`
)

# Why a line says something else than before, where its sender wrote it beside the figure.
line_reason = Table(
    "line_reason",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("line_id", RowId, primary_key=True),
    Column("reason", Text, nullable=False),
)
