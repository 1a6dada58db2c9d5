"""Sources side by side, doubtful figures, possible duplicates; lanes and services that a site offers."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("site", sa.Column("lanes", sa.JSON(), nullable=True))
    op.add_column("site", sa.Column("services", sa.JSON(), nullable=True))
    op.create_table(
        "tolerance",
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("valid_from", MOMENT, nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("set_by", sa.String(120), nullable=False),
        sa.PrimaryKeyConstraint("site", "name", "valid_from", name=op.f("pk_tolerance")),
    )
    op.create_table(
        "definition",
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("source", sa.String(80), nullable=False),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("measure", sa.String(20), nullable=False),
        sa.Column("valid_from", MOMENT, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("set_by", sa.String(120), nullable=False),
        sa.PrimaryKeyConstraint("site", "source", "stage", "measure", "valid_from", name=op.f("pk_definition")),
    )
    op.create_table(
        "line_flag",
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("flag", sa.String(16), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("dataset", sa.String(40), nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("source", sa.String(80), nullable=False),
        sa.Column("key", sa.JSON(), nullable=False),
        sa.Column("start", MOMENT, nullable=False),
        sa.Column("end", MOMENT, nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("report_id", ROW_ID, nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by", sa.String(120), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("site", "flag", "turn", name=op.f("pk_line_flag")),
    )
    op.create_index(op.f("ix_line_flag_site_start"), "line_flag", ["site", "start"], unique=False)
    op.create_index(
        "ix_line_flag_open",
        "line_flag",
        ["site", "source", "start"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "duplicate_flag",
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("flag", sa.String(16), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("pair", sa.String(16), nullable=False),
        sa.Column("day", MOMENT, nullable=False),
        sa.Column("sector", sa.String(40), nullable=False),
        sa.Column("service", sa.String(60), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("first_source", sa.String(80), nullable=False),
        sa.Column("first_organisation", sa.String(160), nullable=False),
        sa.Column("second_source", sa.String(80), nullable=False),
        sa.Column("second_organisation", sa.String(160), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("site", "flag", "turn", name=op.f("pk_duplicate_flag")),
    )
    op.create_index(op.f("ix_duplicate_flag_site_day"), "duplicate_flag", ["site", "day"], unique=False)
    op.create_table(
        "duplicate_decision",
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("pair", sa.String(16), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("day", MOMENT, nullable=False),
        sa.Column("onwards", sa.Boolean(), nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("who", sa.String(120), nullable=False),
        sa.PrimaryKeyConstraint("site", "pair", "step", name=op.f("pk_duplicate_decision")),
    )
