"""Where orders are sent, until when they are to be paid, and of what their buyers were reminded."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_AGREED = sa.text("status = 'agreed'")


def _address() -> tuple[sa.Column[str], ...]:
    return (
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("street", sa.String(length=200), nullable=False),
        sa.Column("postal_code", sa.String(length=20), nullable=False),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
    )


def upgrade() -> None:
    """Adds the tables and columns; what was sold before has no due date."""
    op.add_column("orders", sa.Column("postage_minor", sa.BigInteger(), nullable=True))
    op.add_column("orders", sa.Column("due_at_ms", sa.BigInteger(), nullable=True))
    op.add_column("orders", sa.Column("remind_at_ms", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_orders_remind",
        "orders",
        ["remind_at_ms"],
        sqlite_where=_AGREED,
        postgresql_where=_AGREED,
    )
    op.create_table(
        "addresses",
        sa.Column("customer_id", sa.String(length=16), nullable=False),
        *_address(),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"]),
        sa.PrimaryKeyConstraint("customer_id"),
    )
    op.create_table(
        "order_addresses",
        sa.Column("order_id", sa.String(length=16), nullable=False),
        *_address(),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"]),
        sa.PrimaryKeyConstraint("order_id"),
    )
    op.create_table(
        "order_reminders",
        sa.Column("order_id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"]),
        sa.PrimaryKeyConstraint("order_id", "kind"),
    )


def downgrade() -> None:
    """Drops them."""
    for name in ("order_reminders", "order_addresses", "addresses"):
        op.drop_table(name)
    op.drop_index("ix_orders_remind", "orders")
    op.drop_column("orders", "remind_at_ms")
    op.drop_column("orders", "due_at_ms")
    op.drop_column("orders", "postage_minor")
