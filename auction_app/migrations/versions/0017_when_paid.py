"""When payments were made and given back, and their order in a list of all."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds both times. Of payments that were made before, the time of the first press is known."""
    op.add_column("payments", sa.Column("paid_at_ms", sa.BigInteger(), nullable=True))
    op.add_column("payments", sa.Column("refunded_at_ms", sa.BigInteger(), nullable=True))
    op.execute(
        "UPDATE payments SET paid_at_ms = created_at_ms"
        " WHERE status IN ('paid', 'refunding', 'refunded')"
    )
    op.execute("UPDATE payments SET refunded_at_ms = created_at_ms WHERE status = 'refunded'")
    op.create_index("ix_payments_created_at_ms", "payments", ["created_at_ms", "id"])


def downgrade() -> None:
    """Drops them."""
    op.drop_index("ix_payments_created_at_ms", "payments")
    op.drop_column("payments", "refunded_at_ms")
    op.drop_column("payments", "paid_at_ms")
