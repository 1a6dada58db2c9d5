"""Feeds, the versions of their submissions, and the rows of each version."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "feed",
        sa.Column("feed", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("source", sa.String(80), nullable=False),
        sa.Column("dataset", sa.String(40), nullable=False),
        sa.Column("config", sa.Text(), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("every_seconds", sa.Integer(), nullable=True),
        sa.Column("cursor", sa.JSON(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("added_by", sa.String(120), nullable=False),
        sa.Column("paused_at", MOMENT, nullable=True),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.Column("tried_at", MOMENT, nullable=True),
        sa.Column("succeeded_at", MOMENT, nullable=True),
        sa.Column("failed_at", MOMENT, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.JSON(), nullable=True),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.Column("held_by", sa.String(120), nullable=True),
        sa.Column("held_until", MOMENT, nullable=True),
        sa.Column("last_report", ROW_ID, nullable=True),
        sa.PrimaryKeyConstraint("feed", name=op.f("pk_feed")),
    )
    op.create_table(
        "feed_instance",
        sa.Column("feed", sa.String(80), nullable=False),
        sa.Column("instance", sa.String(160), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("alias", sa.String(160), nullable=True),
        sa.Column("version_id", sa.String(200), nullable=False),
        sa.Column("replaces", sa.String(200), nullable=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("edited_at", MOMENT, nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("pulled", sa.Boolean(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("superseded", sa.Boolean(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("report_id", ROW_ID, nullable=True),
        sa.PrimaryKeyConstraint("feed", "instance", "version", name=op.f("pk_feed_instance")),
    )
    op.create_index(op.f("ix_feed_instance_feed_alias"), "feed_instance", ["feed", "alias"], unique=False)
    op.create_index(op.f("ix_feed_instance_feed_version_id"), "feed_instance", ["feed", "version_id"], unique=False)
    op.create_index(op.f("ix_feed_instance_feed_report_id"), "feed_instance", ["feed", "report_id"], unique=False)
    op.create_table(
        "feed_part",
        sa.Column("feed", sa.String(80), nullable=False),
        sa.Column("line_key", sa.String(64), nullable=False),
        sa.Column("instance", sa.String(160), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("mapped", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("feed", "line_key", "instance", "version", "part", name=op.f("pk_feed_part")),
    )
    op.create_index(
        op.f("ix_feed_part_feed_instance_version"), "feed_part", ["feed", "instance", "version"], unique=False
    )
