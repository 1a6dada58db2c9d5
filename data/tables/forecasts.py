"""How good the forecast of each series was, worked out once per operational day and kept."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Integer, String, Table

from data.tables.base import Utc, metadata

backtest = Table(
    "backtest",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("stage", String(40), primary_key=True),
    Column("measure", String(20), primary_key=True),
    Column("lane", String(20), primary_key=True),
    Column("source", String(80), primary_key=True),
    Column("day", Utc, primary_key=True),  # before which the days tried end
    Column("computed_at", Utc, nullable=False),
    Column("history_days", Integer, nullable=False),
    Column("facts", JSON, nullable=False),  # data.backtested: figures by horizon, sites upstream
)
