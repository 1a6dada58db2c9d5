"""Days of a site that everybody remembers, to lay today beside."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("site", sa.Column("past_surges", sa.JSON(), nullable=True))
