"""What was reported, one line per count. A line is never updated, only revised by a newer one."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, String, Table, Text

from data.tables.base import RowId, Utc, metadata

flow_line = Table(
    "flow_line",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("stage", String(40), primary_key=True),
    Column("measure", String(20), primary_key=True),
    Column("start", Utc, primary_key=True),
    Column("line_id", RowId, primary_key=True),  # report_id * 2**24 + row in the report
    Column("end", Utc, nullable=False),
    Column("minutes", Integer, nullable=False),  # end - start
    Column("lane", String(20), nullable=False),
    Column("source", String(80), nullable=False),
    Column("category", String(40), nullable=False),  # "" is the total, as in the columns below
    Column("sex", String(20), nullable=False),
    Column("age_band", String(20), nullable=False),
    Column("nationality", String(40), nullable=False),
    Column("people", Float, nullable=False),
    Column("low", Float),
    Column("high", Float),
    Column("method", String(20), nullable=False),
    Column("at_least", Boolean, nullable=False),
    Column("country", String(2)),
    Column("report_id", RowId, nullable=False),
    Column("issued_at", Utc, nullable=False),
    Column("received_at", Utc, nullable=False),
    Index(None, "report_id"),
)

# Shifts and days are few; a day's rollup finds them here without reading the day's quarters of an hour.
Index(
    "ix_flow_line_coarse",
    *(flow_line.c[name] for name in ("site", "stage", "measure", "start")),
    sqlite_where=flow_line.c.minutes > 60,
    postgresql_where=flow_line.c.minutes > 60,
)

# Weeks and months are rarer still.
Index(
    "ix_flow_line_long",
    *(flow_line.c[name] for name in ("site", "start")),
    sqlite_where=flow_line.c.minutes > 1500,
    postgresql_where=flow_line.c.minutes > 1500,
)

queue_reading = Table(
    "queue_reading",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("stage", String(40), primary_key=True),
    Column("at", Utc, primary_key=True),
    Column("line_id", RowId, primary_key=True),
    Column("lane", String(20), nullable=False),
    Column("source", String(80), nullable=False),
    Column("waiting", Float),
    Column("counters_open", Integer),
    Column("counters_total", Integer),
    Column("ticket_issued", BigInteger),
    Column("ticket_served", BigInteger),
    Column("wait_minutes", Float),
    Column("at_least", Boolean, nullable=False),
    Column("method", String(20), nullable=False),
    Column("report_id", RowId, nullable=False),
    Column("issued_at", Utc, nullable=False),
    Column("received_at", Utc, nullable=False),
    Index(None, "report_id"),
)

roster_line = Table(
    "roster_line",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("stage", String(40), primary_key=True),
    Column("start", Utc, primary_key=True),
    Column("line_id", RowId, primary_key=True),
    Column("end", Utc, nullable=False),
    Column("lane", String(20), nullable=False),
    Column("source", String(80), nullable=False),
    Column("counters_planned", Integer, nullable=False),
    Column("report_id", RowId, nullable=False),
    Column("issued_at", Utc, nullable=False),
    Column("received_at", Utc, nullable=False),
    Index(None, "report_id"),
)

service_line = Table(
    "service_line",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("start", Utc, primary_key=True),
    Column("line_id", RowId, primary_key=True),
    Column("end", Utc, nullable=False),
    Column("source", String(80), nullable=False),
    Column("organisation", String(160), nullable=False),
    Column("sector", String(40), nullable=False),
    Column("service", String(60), nullable=False),
    Column("activity", Text),  # the partner's own words
    Column("place", String(200), nullable=False),
    Column("shift", String(40), nullable=False),
    Column("quantity", Float),
    Column("unit", String(60)),
    Column("people", Float),
    Column("sex", String(20), nullable=False),
    Column("age_band", String(20), nullable=False),
    Column("need", String(60), nullable=False),
    Column("capacity", Float),
    Column("report_id", RowId, nullable=False),
    Column("issued_at", Utc, nullable=False),
    Column("received_at", Utc, nullable=False),
    Index(None, "report_id"),
)

stock_reading = Table(
    "stock_reading",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("at", Utc, primary_key=True),
    Column("line_id", RowId, primary_key=True),
    Column("source", String(80), nullable=False),
    Column("organisation", String(160), nullable=False),
    Column("item", String(120), nullable=False),
    Column("quantity", Float, nullable=False),
    Column("unit", String(60), nullable=False),
    Column("report_id", RowId, nullable=False),
    Column("issued_at", Utc, nullable=False),
    Column("received_at", Utc, nullable=False),
    Index(None, "report_id"),
)

resource_reading = Table(
    "resource_reading",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("at", Utc, primary_key=True),
    Column("line_id", RowId, primary_key=True),
    Column("source", String(80), nullable=False),
    Column("organisation", String(160), nullable=False),
    Column("kind", String(120), nullable=False),
    Column("state", String(40), nullable=False),
    Column("place", String(200), nullable=False),  # "" is the site as a whole
    Column("quantity", Float, nullable=False),
    Column("available", Float),  # of the quantity, where somebody said; else the state says it
    Column("report_id", RowId, nullable=False),
    Column("issued_at", Utc, nullable=False),
    Column("received_at", Utc, nullable=False),
    Index(None, "report_id"),
)

referral_line = Table(
    "referral_line",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("start", Utc, primary_key=True),
    Column("line_id", RowId, primary_key=True),
    Column("end", Utc, nullable=False),
    Column("source", String(80), nullable=False),
    Column("pathway", String(120), nullable=False),
    Column("need", String(60), nullable=False),
    Column("from_organisation", String(160), nullable=False),
    Column("to_institution", String(160), nullable=False),
    Column("priority", String(20), nullable=False),
    Column("referred", Integer, nullable=False),
    Column("accepted", Integer),
    Column("closed", Integer),
    Column("overdue", Integer),
    Column("report_id", RowId, nullable=False),
    Column("issued_at", Utc, nullable=False),
    Column("received_at", Utc, nullable=False),
    Index(None, "report_id"),
)

present_reading = Table(
    "present_reading",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("at", Utc, primary_key=True),
    Column("line_id", RowId, primary_key=True),
    Column("source", String(80), nullable=False),
    Column("people", Float, nullable=False),
    Column("safe_capacity", Integer),
    Column("at_least", Boolean, nullable=False),
    Column("method", String(20), nullable=False),
    Column("report_id", RowId, nullable=False),
    Column("issued_at", Utc, nullable=False),
    Column("received_at", Utc, nullable=False),
    Index(None, "report_id"),
)

policy_event = Table(
    "policy_event",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("at", Utc, primary_key=True),
    Column("line_id", RowId, primary_key=True),
    Column("source", String(80), nullable=False),
    Column("title_es", Text, nullable=False),
    Column("title_en", Text, nullable=False),
    Column("country", String(2)),
    Column("kind", String(40), nullable=False),
    Column("source_url", Text),
    Column("report_id", RowId, nullable=False),
    Column("issued_at", Utc, nullable=False),
    Column("received_at", Utc, nullable=False),
    Index(None, "report_id"),
)
