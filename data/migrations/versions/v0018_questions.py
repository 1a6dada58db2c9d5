"""Questions about figures, and how each one ended."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "question",
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("question", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("real_at", MOMENT, nullable=False),
        sa.Column("by", sa.String(120), nullable=False),
        sa.Column("holder", sa.String(160), nullable=False),
        sa.Column("organisation", sa.String(160), nullable=True),
        sa.Column("figure", sa.Text(), nullable=False),
        sa.Column("figure_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seen", sa.JSON(), nullable=False),
        sa.Column("seen_open", sa.JSON(), nullable=False),
        sa.Column("owners", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("mark", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("site", "question", name=op.f("pk_question")),
    )
    op.create_index(op.f("ix_question_site_at"), "question", ["site", "at"])
    op.create_table(
        "question_end",
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("question", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("real_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("by", sa.String(120), nullable=False),
        sa.Column("organisation", sa.String(160), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", "question", name=op.f("pk_question_end")),
    )
    op.create_index(op.f("ix_question_end_site_at"), "question_end", ["site", "at"])
