"""The alert rules that a site has set for itself, and what its pressure level was."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Integer, String, Table, Text

from data.tables.base import Utc, metadata, recorded_at

# Of each name the newest row in force counts; the older ones stay. A rule without a row is as this release has it.
alert_rule = Table(
    "alert_rule",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("name", String(60), primary_key=True),
    Column("valid_from", Utc, primary_key=True),
    recorded_at(),
    Column("kind", String(20), nullable=False),
    Column("params", JSON, nullable=False),
    Column("level", String(20), nullable=False),
    Column("pending", Integer, nullable=False),  # minutes, as the two below
    Column("recovering", Integer, nullable=False),
    Column("no_data", Integer, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("set_by", String(120), nullable=False),
)

# Every change of the pressure level, with the figures and limits that caused it.
pressure_change = Table(
    "pressure_change",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("at", Utc, primary_key=True),
    Column("level", String(20), nullable=False),
    Column("before", String(20)),  # null: the first that was written down
    Column("inputs", JSON, nullable=False),
)
