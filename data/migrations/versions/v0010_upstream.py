"""Sites upstream of a site, and how good forecasts were."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("site", sa.Column("upstream", sa.JSON(), nullable=True))
    op.create_table(
        "backtest",
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("measure", sa.String(20), nullable=False),
        sa.Column("lane", sa.String(20), nullable=False),
        sa.Column("source", sa.String(80), nullable=False),
        sa.Column("day", MOMENT, nullable=False),
        sa.Column("computed_at", MOMENT, nullable=False),
        sa.Column("history_days", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("site", "stage", "measure", "lane", "source", "day", name=op.f("pk_backtest")),
    )
