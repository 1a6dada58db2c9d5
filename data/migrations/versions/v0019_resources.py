"""Where a resource stands and how much of it is free; what institutions ask each other for, step by step."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("resource_reading", sa.Column("place", sa.String(200), nullable=False, server_default=""))
    op.add_column("resource_reading", sa.Column("available", sa.Float(), nullable=True))
    op.create_table(
        "resource_request",
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("request", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("real_at", MOMENT, nullable=False),
        sa.Column("what", sa.String(120), nullable=False),
        sa.Column("service", sa.String(60), nullable=True),
        sa.Column("quantity", sa.Float(), nullable=False),
        sa.Column("unit", sa.String(60), nullable=False),
        sa.Column("needed_by", MOMENT, nullable=False),
        sa.Column("institution", sa.String(160), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.String(120), nullable=False),
        sa.Column("mark", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("site", "request", name=op.f("pk_resource_request")),
    )
    op.create_table(
        "request_act",
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("request", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("real_at", MOMENT, nullable=False),
        sa.Column("move", sa.String(20), nullable=False),
        sa.Column("offer", sa.Integer(), nullable=True),
        sa.Column("institution", sa.String(160), nullable=False),
        sa.Column("quantity", sa.Float(), nullable=True),
        sa.Column("by", sa.String(120), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("closes", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("site", "request", "step", name=op.f("pk_request_act")),
    )
