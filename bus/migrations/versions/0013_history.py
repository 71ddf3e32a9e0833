"""What was published and delivered, how often it failed, and how far behind it was, over time."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is known of the time before."""
    op.create_table(
        "topic_history",
        sa.Column("step_ms", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("events_upto", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("step_ms", "at_ms", "topic"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "subscription_history",
        sa.Column("step_ms", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subscription_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("delivered", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("lag_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("step_ms", "at_ms", "subscription_id"),
        sqlite_with_rowid=False,
    )
