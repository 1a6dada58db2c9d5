"""The detector's state at midnight is kept, so that a restart need not work out weeks again."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "detector_midnight",
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("measure", sa.String(20), nullable=False),
        sa.Column("lane", sa.String(20), nullable=False),
        sa.Column("source", sa.String(80), nullable=False),
        sa.Column("strength", sa.String(40), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("past", sa.String(64), nullable=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("midnight", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint(
            "site", "stage", "measure", "lane", "source", "strength", "day", name=op.f("pk_detector_midnight")
        ),
    )
