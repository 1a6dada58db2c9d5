"""Who may look, and what they did."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Integer, String, Table, Text

from data.tables.base import RowId, Utc, metadata

account = Table(
    "account",
    metadata,
    Column("account", String(120), primary_key=True),
    Column("password_hash", Text, nullable=False),
    Column("role", String(20), nullable=False),
    Column("organisation", String(160)),
    Column("sites", JSON),  # null: all
    Column("created_at", Utc, nullable=False),
    Column("disabled_at", Utc),
    Column("session_epoch", Integer, nullable=False, default=0),
    Column("failed", Integer, nullable=False, default=0),
    Column("locked_until", Utc),
)

screen = Table(
    "screen",
    metadata,
    Column("screen", String(80), primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("site", String(64), nullable=False),
    Column("boards", JSON, nullable=False),
    Column("address", Text, nullable=False),  # where the link leads, e.g. /wall?site=...
    Column("created_at", Utc, nullable=False),
    Column("revoked_at", Utc),
    Column("last_seen_at", Utc),
)

token = Table(
    "token",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("name", String(120), nullable=False, unique=True),
    Column("source", String(80)),  # may send reports of this source
    Column("role", String(20), nullable=False),
    Column("sites", JSON),
    Column("created_at", Utc, nullable=False),
    Column("revoked_at", Utc),
)

audit = Table(
    "audit",
    metadata,
    Column("audit_id", RowId, primary_key=True, autoincrement=True),
    Column("at", Utc, nullable=False),
    Column("who", String(120), nullable=False),
    Column("action", String(60), nullable=False),
    Column("subject", Text, nullable=False),
    Column("facts", JSON, nullable=False),
)
