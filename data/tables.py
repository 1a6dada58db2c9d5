"""The store. Every fact table's key begins with the site; a line is never updated, only revised by a newer one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect


class Utc(TypeDecorator[datetime]):
    """An aware moment in UTC, on SQLite too, where it is stored as text that sorts by time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a zone reached the store: {value!r}; give it its zone first")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives a row id only to a column typed INTEGER; PostgreSQL wants room for years of lines.
RowId = BigInteger().with_variant(Integer, "sqlite")

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
    Column("safe_capacity", Integer),
    Column("ubigeo", String(12)),
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

source = Table(
    "source",
    metadata,
    Column("source", String(80), primary_key=True),
    Column("organisation", String(120)),
    Column("name", String(200), nullable=False),
    Column("contact_role", String(200)),
)

report = Table(
    "report",
    metadata,
    Column("report_id", RowId, primary_key=True, autoincrement=True),
    Column("source", String(80), nullable=False),
    Column("dataset", String(40), nullable=False),
    Column("filename", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("idempotency_key", String(200)),
    Column("issued_at", Utc, nullable=False),
    Column("issued_given", Boolean, nullable=False),  # False: issued_at is received_at
    Column("received_at", Utc, nullable=False),
    Column("period_start", Utc),
    Column("period_end", Utc),
    Column("rows", Integer, nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("state", String(20), nullable=False),  # accepted, partial, refused, undone
    Column("sent_by", String(120)),
    Column("undone_at", Utc),
    Column("undone_by", String(120)),
    UniqueConstraint("source", "idempotency_key"),
    Index(None, "source", "sha256"),
    Index(None, "received_at"),
)
# Undone deliveries are few; every read asks which they are.
Index(
    "ix_report_undone",
    report.c.report_id,
    report.c.undone_at,
    sqlite_where=report.c.undone_at.is_not(None),
    postgresql_where=report.c.undone_at.is_not(None),
)

report_issue = Table(
    "report_issue",
    metadata,
    Column("report_id", RowId, ForeignKey("report.report_id"), primary_key=True),
    Column("issue", Integer, primary_key=True),
    Column("line", Integer),
    Column("column_name", String(200)),
    Column("code", String(60), nullable=False),
    Column("facts", JSON, nullable=False),
)

report_site = Table(
    "report_site",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("report_id", RowId, primary_key=True),
    Column("source", String(80), nullable=False),
    Column("dataset", String(40), nullable=False),
    Column("received_at", Utc, nullable=False),
    Column("period_start", Utc, nullable=False),
    Column("period_end", Utc, nullable=False),
    Column("lines", Integer, nullable=False),
    Index(None, "site", "received_at"),
)

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
    Column("quantity", Float, nullable=False),
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

standard = Table(
    "standard",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("service", String(60), primary_key=True),
    Column("phase", String(20), primary_key=True),  # emergency, stabilised
    Column("valid_from", Utc, primary_key=True),
    Column("value", Float, nullable=False),
    Column("per", String(40), nullable=False),  # per-person-day, people-per-unit, units-per-person, per-arrival
    Column("denominator", String(40), nullable=False),  # present, arrivals, overnight
    Column("unit", String(60), nullable=False),
    Column("source", Text, nullable=False),
    Column("provisional", Boolean, nullable=False),  # umbral provisional: nobody has approved it yet
    Column("set_by", String(120), nullable=False),
)

site_phase = Table(
    "site_phase",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("valid_from", Utc, primary_key=True),
    Column("phase", String(20), nullable=False),
    Column("set_by", String(120), nullable=False),
)

official = Table(
    "official",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("stage", String(40), primary_key=True),
    Column("measure", String(20), primary_key=True),
    Column("valid_from", Utc, primary_key=True),
    Column("source", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    Column("set_by", String(120), nullable=False),
)

cadence = Table(
    "cadence",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("source", String(80), primary_key=True),
    Column("dataset", String(40), primary_key=True),
    Column("valid_from", Utc, primary_key=True),
    Column("minutes", Integer, nullable=False),
    Column("set_by", String(120), nullable=False),
)

alert = Table(
    "alert",
    metadata,
    Column("alert_id", RowId, primary_key=True, autoincrement=True),
    Column("site", String(64), nullable=False),
    Column("rule", String(60), nullable=False),
    Column("subject", String(160), nullable=False),
    Column("state", String(20), nullable=False),
    Column("level", String(20), nullable=False),
    Column("since", Utc, nullable=False),
    Column("updated_at", Utc, nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("memory", JSON, nullable=False),  # what the state machine must remember between evaluations
    Column("open_key", String(300), unique=True),  # site|rule|subject while open, null once resolved
    Index(None, "site", "state"),
)

alert_transition = Table(
    "alert_transition",
    metadata,
    Column("alert_id", RowId, ForeignKey("alert.alert_id"), primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("from_state", String(20)),
    Column("to_state", String(20), nullable=False),
    Column("reason", String(60), nullable=False),
    Column("evidence", JSON, nullable=False),
)

evaluation = Table(
    "evaluation",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("evaluated_at", Utc, nullable=False),  # domain clock
    Column("real_at", Utc, nullable=False),
    Column("worker", String(120), nullable=False),
)

account = Table(
    "account",
    metadata,
    Column("account", String(120), primary_key=True),
    Column("password_hash", Text, nullable=False),
    Column("role", String(20), nullable=False),
    Column("organisation", String(160)),
    Column("sites", JSON),  # null: all
    Column("created_at", Utc, nullable=False),
    Column("disabled_at", Utc),
    Column("session_epoch", Integer, nullable=False, default=0),
    Column("failed", Integer, nullable=False, default=0),
    Column("locked_until", Utc),
)

screen = Table(
    "screen",
    metadata,
    Column("screen", String(80), primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("site", String(64), nullable=False),
    Column("boards", JSON, nullable=False),
    Column("address", Text, nullable=False),  # where the link leads, e.g. /wall?site=...
    Column("created_at", Utc, nullable=False),
    Column("revoked_at", Utc),
    Column("last_seen_at", Utc),
)

token = Table(
    "token",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("name", String(120), nullable=False, unique=True),
    Column("source", String(80)),  # may send reports of this source
    Column("role", String(20), nullable=False),
    Column("sites", JSON),
    Column("created_at", Utc, nullable=False),
    Column("revoked_at", Utc),
)

audit = Table(
    "audit",
    metadata,
    Column("audit_id", RowId, primary_key=True, autoincrement=True),
    Column("at", Utc, nullable=False),
    Column("who", String(120), nullable=False),
    Column("action", String(60), nullable=False),
    Column("subject", Text, nullable=False),
    Column("facts", JSON, nullable=False),
)
