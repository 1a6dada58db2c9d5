"""How a delivery was read: the mapping as it stood then, so that its rows can be found again in its bytes."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, String, Table, Text

from data.tables.base import RowId, metadata

report_mapping = Table(
    "report_mapping",
    metadata,
    Column("report_id", RowId, ForeignKey("report.report_id"), primary_key=True),
    Column("mapping", String(120), nullable=False),
    Column("toml", Text, nullable=False),
)
