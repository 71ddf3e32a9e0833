"""What the bus tells of subscriptions, for its operator."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bus_reports",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
        ),
        sa.Column("event_id", sa.String(255), nullable=False, unique=True),
        sa.Column("url", sa.String(1024), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(64)),
        sa.Column("counted", sa.BigInteger, nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("received_at_ms", sa.BigInteger, nullable=False),
        sa.Column("told_at_ms", sa.BigInteger),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_bus_reports_told", "bus_reports", ["told_at_ms"])
    op.create_index("ix_bus_reports_url", "bus_reports", ["url"])


def downgrade() -> None:
    op.drop_table("bus_reports")
