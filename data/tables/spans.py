"""The time each delivery speaks of, in pieces of at most a day: what a period is covered by is read from here."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table

from data.tables.base import RowId, Utc, metadata

report_span = Table(
    "report_span",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("report_id", RowId, primary_key=True),
    Column("span", Integer, primary_key=True),
    Column("source", String(80), nullable=False),
    Column("dataset", String(40), nullable=False),
    Column("start", Utc, nullable=False),
    Column("end", Utc, nullable=False),
    Column("step_seconds", Integer, nullable=False),  # 0: all of it; else readings so far apart
    Column("received_at", Utc, nullable=False),
    Index("ix_report_span_pair", "site", "source", "dataset", "start"),
)
