"""What the two sides of an order write to each other, and reports of that."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the tables."""
    op.create_table(
        "order_messages",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("order_id", sa.String(length=16), nullable=False),
        sa.Column("author_id", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("removed_at_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"]),
        sa.ForeignKeyConstraint(["author_id"], ["customers.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_order_messages_order", "order_messages", ["order_id", "at_ms"], unique=True)
    op.create_index("ix_order_messages_author", "order_messages", ["author_id"])
    op.create_table(
        "message_reports",
        sa.Column("message_id", sa.String(length=16), nullable=False),
        sa.Column("reporter_id", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("settled_at_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["order_messages.id"]),
        sa.ForeignKeyConstraint(["reporter_id"], ["customers.id"]),
        sa.PrimaryKeyConstraint("message_id"),
    )
    op.create_index("ix_message_reports_queue", "message_reports", ["settled_at_ms", "at_ms"])
    op.create_index("ix_message_reports_reporter", "message_reports", ["reporter_id"])


def downgrade() -> None:
    """Drops them."""
    op.drop_table("message_reports")
    op.drop_table("order_messages")
