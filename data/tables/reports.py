"""Who reports, what was delivered and what was wrong with it."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from data.tables.base import RowId, Utc, metadata

source = Table(
    "source",
    metadata,
    Column("source", String(80), primary_key=True),
    Column("organisation", String(120)),
    Column("name", String(200), nullable=False),
    Column("contact_role", String(200)),
    Column("contact", String(200)),  # telephone or mail of that office
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
    Column("recorded_at", Utc),  # when its lines began to count, where reading it took time; null: received_at
    Column("period_start", Utc),
    Column("period_end", Utc),
    Column("rows", Integer, nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    # rows = accepted + rejected + not_reported, always
    Column("not_reported", Integer, nullable=False, server_default="0"),
    Column("state", String(20), nullable=False),  # accepted, partial, refused, undone
    Column("sent_by", String(120)),
    Column("reason", Text),  # why it says something else than before
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
    Index("ix_report_site_pair", "site", "source", "dataset", "received_at"),
)

# The newest deliveries of a place are looked for at every refresh of its pages.
Index("ix_report_site_received", report_site.c.site, report_site.c.received_at)
