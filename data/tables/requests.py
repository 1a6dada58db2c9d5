"""What institutions ask each other for, and every step of each request."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Integer, String, Table, Text

from data.tables.base import Utc, metadata

# Append-only, both: how a request stands is worked out from its acts.
resource_request = Table(
    "resource_request",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("request", Integer, primary_key=True),
    Column("at", Utc, nullable=False),  # by the domain clock
    Column("real_at", Utc, nullable=False),
    Column("what", String(120), nullable=False),
    Column("service", String(60)),  # null: none of the vocabulary
    Column("quantity", Float, nullable=False),
    Column("unit", String(60), nullable=False),
    Column("needed_by", Utc, nullable=False),
    Column("institution", String(160), nullable=False),  # who asks
    Column("place", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", String(120), nullable=False),
    Column("mark", String(20), nullable=False),  # of a drill or a replay; "": none
)

request_act = Table(
    "request_act",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("request", Integer, primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("real_at", Utc, nullable=False),
    Column("move", String(20), nullable=False),
    Column("offer", Integer),  # null: about the request as a whole
    Column("institution", String(160), nullable=False),  # who offers; of the other moves, who asked or offered
    Column("quantity", Float),
    Column("by", String(120), nullable=False),
    Column("note", Text, nullable=False),
    Column("closes", Boolean, nullable=False),  # nothing is asked for any more after it
)
