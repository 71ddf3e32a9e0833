"""What the bus tells of itself: alerts that were told, and who is told of whose subscriptions."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keeps what is there, but that nobody else publishes topic `bus` any more."""
    op.create_table(
        "alerts",
        sa.Column(
            "subscription_id",
            sa.Integer(),
            sa.ForeignKey("subscriptions.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("kind", sa.String(length=16), primary_key=True),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
    )
    op.add_column(
        "subscription_topics",
        sa.Column("about", sa.String(length=64), nullable=True, server_default=""),
    )
    op.execute("UPDATE topics SET client_id = NULL WHERE name = 'bus'")
