"""How long people stay at a place: what the standards for a short stay depend on."""

from __future__ import annotations

from sqlalchemy import Column, String, Table, Text

from data.tables.base import Utc, metadata, recorded_at

# Of several decisions about one moment the one written last counts; the older ones stay.
site_stay = Table(
    "site_stay",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("valid_from", Utc, primary_key=True),
    recorded_at(),
    Column("stay", String(20), nullable=False),  # a-day-or-more, under-a-day
    Column("set_by", String(120), nullable=False),
    Column("reason", Text),
)
