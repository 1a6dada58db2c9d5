"""Rows that reported nothing are counted beside the accepted and the rejected ones."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("report", sa.Column("not_reported", sa.Integer(), nullable=False, server_default="0"))
    # Of deliveries that came before, what was neither accepted nor rejected had reported nothing.
    op.execute("UPDATE report SET not_reported = rows - accepted - rejected WHERE rows > accepted + rejected")
