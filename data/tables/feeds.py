"""Feeds that bring reports by themselves, and what of them was already counted.

A submission is kept as its counts only: what a mapping read from it, never its words about persons.
"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, Integer, String, Table, Text

from data.tables.base import RowId, Utc, metadata

feed = Table(
    "feed",
    metadata,
    Column("feed", String(80), primary_key=True),
    Column("kind", String(20), nullable=False),  # kobo, odk, sql, push
    Column("source", String(80), nullable=False),
    Column("dataset", String(40), nullable=False),
    Column("config", Text, nullable=False),  # TOML; secrets are named in it, never written
    Column("mapping", Text, nullable=False),  # TOML
    Column("every_seconds", Integer),  # null: only when asked, or when the partner sends
    Column("cursor", JSON, nullable=False),  # how far it was read; what it holds is its reader's own
    Column("added_at", Utc, nullable=False),
    Column("added_by", String(120), nullable=False),
    Column("paused_at", Utc),
    Column("removed_at", Utc),  # its memory stays, so that the same feed added again counts nothing twice
    Column("tried_at", Utc),
    Column("succeeded_at", Utc),
    Column("failed_at", Utc),  # null while the last try succeeded
    Column("failures", Integer, nullable=False, default=0),  # in a row
    Column("error", JSON(none_as_null=True)),  # {"code", "facts"} of the last failure
    Column("next_at", Utc),
    Column("held_by", String(120)),  # the process that pulls it now
    Column("held_until", Utc),
    Column("last_report", RowId),
)

# One row per version of a submission: its first state, each edit, and its end where it was deleted or rejected.
feed_instance = Table(
    "feed_instance",
    metadata,
    Column("feed", String(80), primary_key=True),
    Column("instance", String(160), primary_key=True),  # of the first version, the same for all edits
    Column("version", Integer, primary_key=True),  # in the order of arrival
    Column("alias", String(160)),  # a second name of the instance, the row number of its server
    Column("version_id", String(200), nullable=False),
    Column("replaces", String(200)),  # version_id of the version that this one edited, where its server says so
    Column("sha256", String(64), nullable=False),  # of the mapping and the mapped values
    Column("edited_at", Utc, nullable=False),
    Column("submitted_at", Utc),
    Column("received_at", Utc, nullable=False),
    Column("seen_at", Utc, nullable=False),  # when its server last showed it, real time
    Column("pulled", Boolean, nullable=False),  # read from its server, not sent by it
    Column("whole", Boolean, nullable=False),  # no row of it was rejected
    Column("gone", Boolean, nullable=False),  # deleted, or rejected by its reviewers
    Column("superseded", Boolean, nullable=False),  # another version counts
    Column("withdrawn", Boolean, nullable=False),  # a person undid the delivery that brought it
    Column("report_id", RowId),
    Index(None, "feed", "alias"),
    Index(None, "feed", "version_id"),
    Index(None, "feed", "report_id"),
)

# The rows of a version, each under the natural key of the line to which it adds.
feed_part = Table(
    "feed_part",
    metadata,
    Column("feed", String(80), primary_key=True),
    Column("line_key", String(64), primary_key=True),
    Column("instance", String(160), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("mapped", JSON, nullable=False),
    Index(None, "feed", "instance", "version"),
)
