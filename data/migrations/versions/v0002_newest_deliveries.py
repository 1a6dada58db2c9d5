"""The newest deliveries of a place are found without reading the others."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_report_site_received", "report_site", ["site", "received_at"])


def downgrade() -> None:
    op.drop_index("ix_report_site_received", "report_site")
