"""Figures by hour and by day, rebuilt for what a delivery touched."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Integer, String, Table

from data.tables.base import Utc, metadata

flow_hourly = Table(
    "flow_hourly",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("stage", String(40), primary_key=True),
    Column("measure", String(20), primary_key=True),
    Column("lane", String(20), primary_key=True),
    Column("source", String(80), primary_key=True),
    Column("hour", Utc, primary_key=True),
    Column("people", Float, nullable=False),
    Column("minutes", Integer, nullable=False),  # of the 60, how many the reports cover
    Column("at_least", Boolean, nullable=False),
    Column("method", String(20), nullable=False),
    Column("received_at", Utc, nullable=False),
)

flow_daily = Table(
    "flow_daily",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("stage", String(40), primary_key=True),
    Column("measure", String(20), primary_key=True),
    Column("lane", String(20), primary_key=True),
    Column("source", String(80), primary_key=True),
    Column("day", Utc, primary_key=True),  # the moment the operational day starts
    Column("people", Float, nullable=False),
    Column("low", Float),
    Column("high", Float),
    Column("minutes", Integer, nullable=False),
    Column("at_least", Boolean, nullable=False),
    Column("method", String(20), nullable=False),
    Column("grain_minutes", Integer, nullable=False),  # grain of the lines the figure was made from
    Column("differs", Float),  # coarser report of the same source minus this figure, when they differ
    Column("received_at", Utc, nullable=False),
)

service_daily = Table(
    "service_daily",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("day", Utc, primary_key=True),
    Column("sector", String(40), primary_key=True),
    Column("service", String(60), primary_key=True),
    Column("organisation", String(160), primary_key=True),
    Column("source", String(80), primary_key=True),
    Column("unit", String(60), primary_key=True),
    Column("quantity", Float),
    Column("people", Float),
    Column("capacity", Float),
    Column("lines", Integer, nullable=False),
    Column("last_end", Utc, nullable=False),
    Column("received_at", Utc, nullable=False),
)
