"""The contingency plan of a site in versions, its activations, and the steps of its tasks."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "plan_version",
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", MOMENT, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("set_by", sa.String(120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("sha", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("site", "number", name=op.f("pk_plan_version")),
    )
    op.create_table(
        "plan_activation",
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("act", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("real_at", MOMENT, nullable=False),
        sa.Column("move", sa.String(20), nullable=False),
        sa.Column("activation", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(60), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(120), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("mark", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("site", "act", name=op.f("pk_plan_activation")),
    )
    op.create_table(
        "plan_task_event",
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("activation", sa.Integer(), nullable=False),
        sa.Column("task", sa.String(60), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("real_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("by", sa.String(120), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", "activation", "task", "step", name=op.f("pk_plan_task_event")),
    )
    op.create_index(op.f("ix_plan_task_event_site_at"), "plan_task_event", ["site", "at"])
