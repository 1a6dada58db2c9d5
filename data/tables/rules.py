"""The rules of a place, each with who set it, from when it holds and since when that is known."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, Integer, String, Table, Text

from data.tables.base import Utc, metadata, recorded_at

standard = Table(
    "standard",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("service", String(60), primary_key=True),
    Column("phase", String(20), primary_key=True),  # emergency, stabilised
    Column("valid_from", Utc, primary_key=True),
    recorded_at(),
    Column("value", Float, nullable=False),
    Column("per", String(40), nullable=False),  # of `data.analytics.standards.NEED`
    Column("denominator", String(40), nullable=False),  # of `data.analytics.standards.DENOMINATORS`
    Column("unit", String(60), nullable=False),
    Column("source", Text, nullable=False),
    Column("provisional", Boolean, nullable=False),  # umbral provisional: nobody has approved it yet
    Column("set_by", String(120), nullable=False),
    Column("reason", Text),
    Column("transit_value", Float),  # in place of `value` where people stay less than a day
    Column("withdrawn", Boolean),  # true: from here on there is no standard
)

site_phase = Table(
    "site_phase",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("valid_from", Utc, primary_key=True),
    recorded_at(),
    Column("phase", String(20), nullable=False),
    Column("set_by", String(120), nullable=False),
    Column("reason", Text),
)

official = Table(
    "official",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("stage", String(40), primary_key=True),
    Column("measure", String(20), primary_key=True),
    Column("valid_from", Utc, primary_key=True),
    recorded_at(),
    Column("source", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    Column("set_by", String(120), nullable=False),
)

# How often a source reports. Of several decisions about one moment the newest counts; the older ones stay.
cadence = Table(
    "cadence",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("source", String(80), primary_key=True),
    Column("dataset", String(40), primary_key=True),
    Column("valid_from", Utc, primary_key=True),
    Column("set_at", Utc, primary_key=True),  # when it was decided, by the domain clock
    Column("kind", String(20), nullable=False),  # monthly, weekly, daily, shift, hourly, minutes, none
    Column("minutes", Integer, nullable=False),
    Column("grace_minutes", Integer, nullable=False),
    Column("shifts", JSON),  # local hours at which shifts began then
    Column("reason", Text, nullable=False),
    Column("set_by", String(120), nullable=False),
)
