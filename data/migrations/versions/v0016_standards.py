"""Standards that are set with a reason, withdrawn, or have another value for short stays; how long people stay."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("standard", sa.Column("reason", sa.Text(), nullable=True))
    op.add_column("standard", sa.Column("transit_value", sa.Float(), nullable=True))
    op.add_column("standard", sa.Column("withdrawn", sa.Boolean(), nullable=True))
    op.add_column("site_phase", sa.Column("reason", sa.Text(), nullable=True))
    op.create_table(
        "site_stay",
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("valid_from", MOMENT, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("stay", sa.String(20), nullable=False),
        sa.Column("set_by", sa.String(120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("site", "valid_from", "recorded_at", name=op.f("pk_site_stay")),
    )
