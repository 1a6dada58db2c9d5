"""The alert desk: what is silent, who is told by which way, every notice and every try to send it."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from data.tables.base import RowId, Utc, metadata, recorded_at

# Moments of people are by the domain clock, so that a page of the past tells what held then; those of sending are real.
silence = Table(
    "silence",
    metadata,
    Column("silence_id", RowId, primary_key=True, autoincrement=True),
    Column("site", String(64), nullable=False),
    Column("rule", String(60)),  # null: any
    Column("subject", String(160)),  # null: any
    Column("reason", Text, nullable=False),
    Column("who", String(120), nullable=False),
    Column("recorded_at", Utc, nullable=False),
    Column("start", Utc),  # null: by the week
    Column("end", Utc),
    Column("days", JSON(none_as_null=True)),  # null: once; 0 is Monday
    Column("from_minute", Integer),  # of the local day
    Column("minutes", Integer),
    Column("ended_at", Utc),  # before its time, by a person
    Column("ended_by", String(120)),
    Column("told_at", Utc),  # up to when its ends have been told
    Index(None, "site"),
)

# After how many minutes without anybody the next ones are told. Levels of escalation are the site's own.
escalation = Table(
    "escalation",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("valid_from", Utc, primary_key=True),
    recorded_at(),
    Column("minutes", Integer, nullable=False),
    Column("to", String(80), nullable=False),
    Column("provisional", Boolean, nullable=False),
    Column("set_by", String(120), nullable=False),
)

channel = Table(
    "channel",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("channel", String(80), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("address", Text, nullable=False),  # a secret
    Column("language", String(2), nullable=False),
    Column("least_level", String(20), nullable=False),
    Column("step", Integer, nullable=False),  # 0: at once; else this step of the escalation
    Column("in_drills", Boolean, nullable=False),
    Column("added_at", Utc, nullable=False),
    Column("added_by", String(120), nullable=False),
    Column("removed_at", Utc),
)

notice = Table(
    "notice",
    metadata,
    Column("notice_id", RowId, primary_key=True, autoincrement=True),
    Column("site", String(64), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("step", Integer, nullable=False),
    Column("at", Utc, nullable=False),
    Column("real_at", Utc, nullable=False),
    Column("due_at", Utc, nullable=False),  # real: until then it gathers
    Column("closed_at", Utc),  # real: somebody began to send it, nothing is added any more
    Column("facts", JSON, nullable=False),
    Index(None, "site", "kind", "due_at"),
)

# What a notice tells of each alert: as it was known when it was written.
notice_alert = Table(
    "notice_alert",
    metadata,
    Column("notice_id", RowId, ForeignKey("notice.notice_id"), primary_key=True),
    Column("alert_id", RowId, ForeignKey("alert.alert_id"), primary_key=True),
    Column("level", String(20), nullable=False),
    Column("said", JSON, nullable=False),
    Index(None, "alert_id"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("notice_id", RowId, ForeignKey("notice.notice_id"), primary_key=True),
    Column("channel", String(80), primary_key=True),
    Column("site", String(64), nullable=False),
    Column("fate", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Utc),  # real; null: nothing is to be done any more
    Column("held_by", String(120)),
    Column("held_until", Utc),
    Column("changed_at", Utc, nullable=False),  # by the domain clock
    Index(None, "next_at"),
    Index(None, "site", "fate"),
)

# Each try. One without an end was cut short: nobody knows whether it arrived.
delivery = Table(
    "delivery",
    metadata,
    Column("notice_id", RowId, ForeignKey("notice.notice_id"), primary_key=True),
    Column("channel", String(80), primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("site", String(64), nullable=False),
    Column("at", Utc, nullable=False),  # by the domain clock
    Column("real_at", Utc, nullable=False),
    Column("ended_at", Utc),  # real
    Column("arrived", Boolean),
    Column("trouble", String(40)),
    Column("said", Text),  # what the other side answered, without anything secret
    Column("worker", String(120), nullable=False),
    Index(None, "site", "at"),
)
