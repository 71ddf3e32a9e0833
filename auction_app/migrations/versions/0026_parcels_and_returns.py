"""Under which numbers orders are sent, and what is said to a request."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the table and the column."""
    op.create_table(
        "order_parcels",
        sa.Column("order_id", sa.String(length=16), nullable=False),
        sa.Column("way", sa.String(length=4), nullable=False),
        sa.Column("carrier", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"]),
        sa.PrimaryKeyConstraint("order_id", "way"),
    )
    op.add_column("order_requests", sa.Column("note", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drops them."""
    op.drop_column("order_requests", "note")
    op.drop_table("order_parcels")
