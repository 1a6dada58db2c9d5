"""The alert desk: silences, escalation, channels, notices and every try to send one."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_index("ix_alert_site_since", "alert", ["site", "since"])
    _silence()
    _escalation()
    _channel()
    _notice()
    _outbox()


def _silence() -> None:
    op.create_table(
        "silence",
        sa.Column("silence_id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("rule", sa.String(60), nullable=True),
        sa.Column("subject", sa.String(160), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("who", sa.String(120), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("start", MOMENT, nullable=True),
        sa.Column("end", MOMENT, nullable=True),
        sa.Column("days", sa.JSON(), nullable=True),
        sa.Column("from_minute", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by", sa.String(120), nullable=True),
        sa.Column("told_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("silence_id", name=op.f("pk_silence")),
    )
    op.create_index(op.f("ix_silence_site"), "silence", ["site"])


def _escalation() -> None:
    op.create_table(
        "escalation",
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("valid_from", MOMENT, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("to", sa.String(80), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("set_by", sa.String(120), nullable=False),
        sa.PrimaryKeyConstraint("site", "step", "valid_from", "recorded_at", name=op.f("pk_escalation")),
    )


def _channel() -> None:
    op.create_table(
        "channel",
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("least_level", sa.String(20), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("in_drills", sa.Boolean(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("added_by", sa.String(120), nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("site", "channel", name=op.f("pk_channel")),
    )


def _notice() -> None:
    op.create_table(
        "notice",
        sa.Column("notice_id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("real_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_site_kind_due_at"), "notice", ["site", "kind", "due_at"])
    op.create_table(
        "notice_alert",
        sa.Column("notice_id", ROW_ID, nullable=False),
        sa.Column("alert_id", ROW_ID, nullable=False),
        sa.Column("level", sa.String(20), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.notice_id"], name=op.f("fk_notice_alert_notice_id")),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.alert_id"], name=op.f("fk_notice_alert_alert_id")),
        sa.PrimaryKeyConstraint("notice_id", "alert_id", name=op.f("pk_notice_alert")),
    )
    op.create_index(op.f("ix_notice_alert_alert_id"), "notice_alert", ["alert_id"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("notice_id", ROW_ID, nullable=False),
        sa.Column("channel", sa.String(80), nullable=False),
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("fate", sa.String(20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.Column("held_by", sa.String(120), nullable=True),
        sa.Column("held_until", MOMENT, nullable=True),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.notice_id"], name=op.f("fk_outbox_notice_id")),
        sa.PrimaryKeyConstraint("notice_id", "channel", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_next_at"), "outbox", ["next_at"])
    op.create_index(op.f("ix_outbox_site_fate"), "outbox", ["site", "fate"])
    op.create_table(
        "delivery",
        sa.Column("notice_id", ROW_ID, nullable=False),
        sa.Column("channel", sa.String(80), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("real_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("arrived", sa.Boolean(), nullable=True),
        sa.Column("trouble", sa.String(40), nullable=True),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("worker", sa.String(120), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.notice_id"], name=op.f("fk_delivery_notice_id")),
        sa.PrimaryKeyConstraint("notice_id", "channel", "attempt", name=op.f("pk_delivery")),
    )
    op.create_index(op.f("ix_delivery_site_at"), "delivery", ["site", "at"])
