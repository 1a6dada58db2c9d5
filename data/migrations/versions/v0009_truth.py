"""What was known when: recorded moments, histories of rows that change in place, closed periods, reasons."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

RULES = {
    "standard": ("site", "service", "phase"),
    "site_phase": ("site",),
    "official": ("site", "stage", "measure"),
    "definition": ("site", "source", "stage", "measure"),
    "tolerance": ("site", "name"),
}


def upgrade() -> None:
    op.add_column("report", sa.Column("recorded_at", MOMENT, nullable=True))
    op.add_column("report", sa.Column("reason", sa.Text(), nullable=True))
    for table, key in RULES.items():
        op.add_column(table, sa.Column("recorded_at", MOMENT, nullable=True))
        op.execute(f"UPDATE {table} SET recorded_at = valid_from")  # noqa: S608
        with op.batch_alter_table(table) as changed:
            changed.alter_column("recorded_at", existing_type=MOMENT, nullable=False)
            changed.drop_constraint(op.f(f"pk_{table}"), type_="primary")
            changed.create_primary_key(op.f(f"pk_{table}"), [*key, "valid_from", "recorded_at"])
    _closing()
    _histories()
    _fill()


def _closing() -> None:
    op.create_table(
        "closing",
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("start", MOMENT, nullable=False),
        sa.Column("end", MOMENT, nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("who", sa.String(120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", "start", "end", "step", name=op.f("pk_closing")),
    )
    op.create_table(
        "hold",
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("report_id", ROW_ID, nullable=False),
        sa.Column("start", MOMENT, nullable=False),
        sa.Column("end", MOMENT, nullable=False),
        sa.Column("held_at", MOMENT, nullable=False),
        sa.Column("released_at", MOMENT, nullable=True),
        sa.Column("released_by", sa.String(120), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("site", "report_id", "start", "end", name=op.f("pk_hold")),
    )
    waiting = sa.text("released_at IS NULL")
    op.create_index("ix_hold_waiting", "hold", ["report_id"], sqlite_where=waiting, postgresql_where=waiting)


def _histories() -> None:
    op.create_table(
        "alert_moment",
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("alert_id", ROW_ID, nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("level", sa.String(20), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("site", "alert_id", "step", name=op.f("pk_alert_moment")),
    )
    op.create_index(op.f("ix_alert_moment_site_at"), "alert_moment", ["site", "at"], unique=False)
    op.create_table(
        "evaluation_log",
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("site", "at", name=op.f("pk_evaluation_log")),
    )
    op.create_table(
        "site_history",
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("site", "recorded_at", name=op.f("pk_site_history")),
    )
    op.create_table(
        "source_history",
        sa.Column("source", sa.String(80), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("source", "recorded_at", name=op.f("pk_source_history")),
    )
    op.create_table(
        "line_reason",
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("line_id", ROW_ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", "line_id", name=op.f("pk_line_reason")),
    )


def _fill() -> None:
    """Of what earlier releases did not keep, what their transitions still tell; sites and sources as they stand."""
    op.execute(
        """
        INSERT INTO alert_moment (site, alert_id, step, at, state, level, evidence, open)
        SELECT a.site, a.alert_id, t.step, t.at, t.to_state, a.level, t.evidence, t.to_state <> 'resolved'
        FROM alert_transition AS t JOIN alert AS a ON a.alert_id = t.alert_id WHERE t.reason <> 'acknowledged'
        """
    )
    op.execute(
        """
        INSERT INTO alert_moment (site, alert_id, step, at, state, level, evidence, open)
        SELECT a.site, a.alert_id, (SELECT max(t.step) + 1 FROM alert_transition AS t WHERE t.alert_id = a.alert_id),
               a.updated_at, a.state, a.level, a.evidence, a.open_key IS NOT NULL
        FROM alert AS a WHERE EXISTS (SELECT 1 FROM alert_transition AS t WHERE t.alert_id = a.alert_id)
        """
    )
    op.execute("INSERT INTO evaluation_log (site, at) SELECT site, evaluated_at FROM evaluation")
    conn = op.get_bind()
    site = sa.Table("site", sa.MetaData(), autoload_with=conn)
    history = sa.table(
        "site_history", sa.column("site"), sa.column("recorded_at", MOMENT), sa.column("facts", sa.JSON())
    )
    source = sa.Table("source", sa.MetaData(), autoload_with=conn)
    sources = sa.table(
        "source_history", sa.column("source"), sa.column("recorded_at", MOMENT), sa.column("facts", sa.JSON())
    )
    # SQLite keeps a moment as text and takes it without a zone.
    began = ALWAYS.replace(tzinfo=None) if conn.dialect.name == "sqlite" else ALWAYS
    for old, new, key in ((site, history, "site"), (source, sources, "source")):
        for row in conn.execute(sa.select(old)).mappings().all():
            facts = {name: value for name, value in row.items() if name != key}
            conn.execute(new.insert().values({key: row[key], "recorded_at": began, "facts": facts}))
