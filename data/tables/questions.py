"""Questions about figures, and how each one ended."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text

from data.tables.base import Utc, metadata

# Append-only, both. A question has one end at most: its key says so, whoever comes second.
question = Table(
    "question",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("question", Integer, primary_key=True),
    Column("at", Utc, nullable=False),  # by the domain clock
    Column("real_at", Utc, nullable=False),
    Column("by", String(120), nullable=False),
    Column("holder", String(160), nullable=False),  # whose it is: two persons may share a name
    Column("organisation", String(160)),
    Column("figure", Text, nullable=False),
    Column("figure_at", Utc, nullable=False),
    Column("version", Integer, nullable=False),
    Column("seen", JSON, nullable=False),
    Column("seen_open", JSON, nullable=False),
    Column("owners", JSON, nullable=False),
    Column("text", Text, nullable=False),
    Column("mark", String(20), nullable=False),  # of a drill or a replay; "": none
    Index(None, "site", "at"),
)

question_end = Table(
    "question_end",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("question", Integer, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("real_at", Utc, nullable=False),
    Column("state", String(20), nullable=False),
    Column("by", String(120), nullable=False),
    Column("organisation", String(160)),
    Column("text", Text, nullable=False),
    Index(None, "site", "at"),
)
