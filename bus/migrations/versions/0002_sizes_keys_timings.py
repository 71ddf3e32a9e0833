"""How large the log is, which publications carried a key, and how long deliveries took."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Sizes of events from before are not known, so they count as 0."""
    with op.batch_alter_table("events") as events:
        events.add_column(
            sa.Column("bytes_upto", sa.BigInteger(), nullable=False, server_default="0")
        )
    op.create_table(
        "publish_keys",
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", "key"),
    )
    op.create_index("ix_publish_keys_created_at_ms", "publish_keys", ["created_at_ms"])
    op.create_table(
        "timings",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("upto_ms", sa.Integer(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("sum_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", "upto_ms"),
    )
