"""What the surge detector knew of each series at midnight: worked out from the lines, kept to begin from."""

from __future__ import annotations

from sqlalchemy import Column, String, Table, Text

from data.tables.base import metadata

detector_midnight = Table(
    "detector_midnight",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("stage", String(40), primary_key=True),
    Column("measure", String(20), primary_key=True),
    Column("lane", String(20), primary_key=True),
    Column("source", String(80), primary_key=True),
    Column("strength", String(40), primary_key=True),  # at which the alarm opens
    Column("day", String(10), primary_key=True),  # local date that begins
    Column("past", String(64), nullable=False),  # digest of the days it was made from
    Column("mark", String(64), nullable=False),  # digest of what says that these have not changed
    Column("midnight", Text),  # JSON, numbers whole and NaN in it; NULL where too little is known
)
