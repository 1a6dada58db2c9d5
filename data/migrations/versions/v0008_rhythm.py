"""How often who reports: kinds of cadence and their grace, shifts, contacts, and the time each delivery speaks of."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DAY = timedelta(days=1)
AT_ONCE = 5000

# As it was: an hour's report was late after an hour. Words and grace of the lengths that have a name.
NAMED = {60: ("hourly", 15), 1440: ("daily", 360), 10080: ("weekly", 2880), 43200: ("monthly", 7200)}
SPANNED = {"flow": "flow_line", "roster": "roster_line", "service": "service_line", "referral": "referral_line"}
READ = {
    "queue": "queue_reading",
    "stock": "stock_reading",
    "resource": "resource_reading",
    "present": "present_reading",
    "event": "policy_event",
}


def upgrade() -> None:
    op.add_column("site", sa.Column("shifts", sa.JSON(), nullable=True))
    op.add_column("source", sa.Column("contact", sa.String(200), nullable=True))
    op.create_index("ix_report_site_pair", "report_site", ["site", "source", "dataset", "received_at"])
    op.create_index(
        "ix_flow_line_long",
        "flow_line",
        ["site", "start"],
        sqlite_where=sa.text("minutes > 1500"),
        postgresql_where=sa.text("minutes > 1500"),
    )
    _cadences()
    _spans()


def _cadences() -> None:
    conn = op.get_bind()
    old = sa.table(
        "cadence", *(sa.column(name) for name in ("site", "source", "dataset", "minutes", "set_by")),
        sa.column("valid_from", MOMENT),
    )  # fmt: skip
    kept = [dict(row) for row in conn.execute(sa.select(old)).mappings()]
    op.drop_table("cadence")
    new = op.create_table(
        "cadence",
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("source", sa.String(80), nullable=False),
        sa.Column("dataset", sa.String(40), nullable=False),
        sa.Column("valid_from", MOMENT, nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("grace_minutes", sa.Integer(), nullable=False),
        sa.Column("shifts", sa.JSON(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.String(120), nullable=False),
        sa.PrimaryKeyConstraint("site", "source", "dataset", "valid_from", "set_at", name=op.f("pk_cadence")),
    )
    for row in kept:
        kind, grace = NAMED.get(row["minutes"], ("minutes", max(1, row["minutes"] // 4)))
        more = {"kind": kind, "grace_minutes": grace, "set_at": row["valid_from"], "reason": ""}
        conn.execute(sa.insert(new).values(**row, **more))


def _spans() -> None:
    spans = op.create_table(
        "report_span",
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("report_id", ROW_ID, nullable=False),
        sa.Column("span", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(80), nullable=False),
        sa.Column("dataset", sa.String(40), nullable=False),
        sa.Column("start", MOMENT, nullable=False),
        sa.Column("end", MOMENT, nullable=False),
        sa.Column("step_seconds", sa.Integer(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("site", "report_id", "span", name=op.f("pk_report_span")),
    )
    op.create_index("ix_report_span_pair", "report_span", ["site", "source", "dataset", "start"])
    conn = op.get_bind()
    for dataset, lines in {**SPANNED, **READ}.items():
        ready: list[dict[str, Any]] = []
        for row in _told(conn, dataset, lines):
            ready.append(row)
            if len(ready) == AT_ONCE:
                conn.execute(sa.insert(spans), ready)
                ready = []
        if ready:
            conn.execute(sa.insert(spans), ready)


def _told(conn: sa.Connection, dataset: str, lines: str) -> Iterator[dict[str, Any]]:
    """The pieces of time of every delivery of a dataset that its lines cover, a day at most each."""
    begins, ends = ("start", "end") if dataset in SPANNED else ("at", "at")
    line = sa.table(
        lines, sa.column("site"), sa.column("report_id"), sa.column(begins, MOMENT), sa.column(ends, MOMENT)
    )
    came = sa.table(
        "report_site", *(sa.column(name) for name in ("site", "report_id", "source", "dataset")),
        sa.column("received_at", MOMENT),
    )  # fmt: skip
    # Read as it is written: a store may hold more lines than memory.
    found = conn.execute(
        sa.select(
            line.c.site, line.c.report_id, came.c.source, came.c.received_at,
            line.c[begins].label("begins"), line.c[ends].label("ends"),
        )
        .join(came, sa.and_(came.c.site == line.c.site, came.c.report_id == line.c.report_id))
        .distinct()
        .order_by(line.c.site, line.c.report_id, line.c[begins], line.c[ends])
        .execution_options(stream_results=True)
    )  # fmt: skip
    delivery: list[Any] = []
    for row in found:
        if delivery and (row.site, row.report_id) != (delivery[0].site, delivery[0].report_id):
            yield from _delivery(dataset, delivery)
            delivery = []
        delivery.append(row)
    if delivery:
        yield from _delivery(dataset, delivery)


def _delivery(dataset: str, rows: list[Any]) -> Iterator[dict[str, Any]]:
    joined: list[list[datetime]] = []
    for row in rows:
        if dataset in SPANNED and joined and row.begins <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], row.ends)
        else:
            joined.append([row.begins, row.ends])
    pieces = [piece for start, end in joined for piece in _by_day(start, end)]
    for place, (start, end) in enumerate(pieces):
        yield {
            "site": rows[0].site,
            "report_id": rows[0].report_id,
            "span": place,
            "source": rows[0].source,
            "dataset": dataset,
            "start": start,
            "end": end,
            "step_seconds": 0,
            "received_at": rows[0].received_at,
        }


def _by_day(start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    if start == end:
        return [(start, end)]
    pieces = []
    while start < end:
        midnight = start.replace(hour=0, minute=0, second=0, microsecond=0) + DAY
        pieces.append((start, min(end, midnight)))
        start = midnight
    return pieces
