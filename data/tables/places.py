"""Border points, the version of each, and the clock that every process reads."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Float, ForeignKey, Integer, String, Table

from data.tables.base import Utc, metadata

site = Table(
    "site",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("country", String(2), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("day_start_hour", Integer, nullable=False, default=0),
    Column("entry_stage", String(40), nullable=False),
    Column("stages", JSON, nullable=False),
    Column("sectors", JSON, nullable=False),
    Column("shifts", JSON),  # local hours at which shifts begin; null: none agreed
    Column("safe_capacity", Integer),
    Column("ubigeo", String(12)),
    Column("lanes", JSON),  # null: those that report
    Column("services", JSON),  # offered here; null: nobody said
    Column("upstream", JSON),  # sites whose people come here next; null: nobody said
    Column("published", JSON),  # figures others printed, see data.published_entries; null: none
    Column("past_surges", JSON),  # days to compare with: day, name_es, name_en; null: none
    Column("position", Integer, nullable=False, default=0),
)

data_version = Table(
    "data_version",
    metadata,
    Column("site", String(64), ForeignKey("site.site"), primary_key=True),
    Column("version", BigInteger, nullable=False),
)

clock = Table(
    "clock",
    metadata,
    Column("clock", Integer, primary_key=True),  # one row, 1
    Column("real_origin", Utc, nullable=False),
    Column("domain_origin", Utc, nullable=False),
    Column("speed", Float, nullable=False),
)
