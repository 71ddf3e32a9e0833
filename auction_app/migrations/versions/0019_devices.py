"""Devices of customers, and the sales of each seller numbered as they are made."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_NUMBER = """
UPDATE orders SET sale_number = (
    SELECT count(*) FROM orders AS earlier
    WHERE earlier.seller_id = orders.seller_id
    AND (earlier.created_at_ms, earlier.id) <= (orders.created_at_ms, orders.id)
)
"""


def upgrade() -> None:
    """Adds the table, and the number to orders; those there are get theirs in order of time."""
    op.create_table(
        "devices",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("customer_id", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("begins_after", sa.Integer(), nullable=False),
        sa.Column("added_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_digest"),
    )
    op.create_index("ix_devices_customer_id", "devices", ["customer_id"])
    op.add_column("orders", sa.Column("sale_number", sa.Integer(), nullable=True))
    op.execute(_NUMBER)
    op.create_index("ix_orders_sale_number", "orders", ["seller_id", "sale_number"], unique=True)


def downgrade() -> None:
    """Drops them."""
    op.drop_index("ix_orders_sale_number", "orders")
    op.drop_column("orders", "sale_number")
    op.drop_table("devices")
