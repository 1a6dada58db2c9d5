"""What people agreed about figures that disagree: limits, definitions, doubts and their answers, duplicates decided."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, Index, Integer, String, Table, Text

from data.tables.base import RowId, Utc, metadata, recorded_at

tolerance = Table(
    "tolerance",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("name", String(40), primary_key=True),  # one of data.tolerances.DEFAULTS
    Column("valid_from", Utc, primary_key=True),
    recorded_at(),
    Column("value", Float, nullable=False),
    Column("set_by", String(120), nullable=False),
)

definition = Table(
    "definition",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("source", String(80), primary_key=True),
    Column("stage", String(40), primary_key=True),
    Column("measure", String(20), primary_key=True),
    Column("valid_from", Utc, primary_key=True),
    recorded_at(),
    Column("words", Text, nullable=False),  # what the source counts, as the source says it
    Column("set_by", String(120), nullable=False),
)

line_flag = Table(
    "line_flag",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("flag", String(16), primary_key=True),  # of dataset, code and key: the same doubt has the same name
    Column("turn", Integer, primary_key=True),  # raised again after it had ended
    Column("dataset", String(40), nullable=False),
    Column("code", String(60), nullable=False),
    Column("source", String(80), nullable=False),
    Column("key", JSON, nullable=False),  # the series or activity the figure belongs to
    Column("start", Utc, nullable=False),
    Column("end", Utc, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("report_id", RowId, nullable=False),  # the delivery after which it was raised
    Column("raised_at", Utc, nullable=False),
    Column("ended_at", Utc),
    Column("ended_by", String(120)),  # who gave the reason; null where the figure itself was mended
    Column("why", Text),
    Index(None, "site", "start"),
)

# Doubts that nobody answered are few beside those of years; every page asks for them.
Index(
    "ix_line_flag_open",
    *(line_flag.c[name] for name in ("site", "source", "start")),
    sqlite_where=line_flag.c.ended_at.is_(None),
    postgresql_where=line_flag.c.ended_at.is_(None),
)

duplicate_flag = Table(
    "duplicate_flag",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("flag", String(16), primary_key=True),  # of day, place, service and the two who report
    Column("turn", Integer, primary_key=True),
    Column("pair", String(16), nullable=False),  # the same without the day
    Column("day", Utc, nullable=False),  # the moment the operational day starts
    Column("sector", String(40), nullable=False),
    Column("service", String(60), nullable=False),
    Column("place", String(200), nullable=False),  # "" is the site as a whole
    Column("first_source", String(80), nullable=False),
    Column("first_organisation", String(160), nullable=False),
    Column("second_source", String(80), nullable=False),
    Column("second_organisation", String(160), nullable=False),
    Column("facts", JSON, nullable=False),  # what each of the two reported
    Column("raised_at", Utc, nullable=False),
    Column("withdrawn_at", Utc),  # the reports no longer overlap
    Index(None, "site", "day"),
)

duplicate_decision = Table(
    "duplicate_decision",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("pair", String(16), primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("day", Utc, nullable=False),
    Column("onwards", Boolean, nullable=False),  # holds for every later day of the pair too
    Column("verdict", String(20), nullable=False),  # keep-both, first-counts, second-counts, open
    Column("reason", Text, nullable=False),
    Column("at", Utc, nullable=False),
    Column("who", String(120), nullable=False),
)
