"""Why the house has cancelled an order; of those before nobody knows."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column."""
    op.add_column("order_steps", sa.Column("because", sa.String(16), nullable=True))


def downgrade() -> None:
    """Drops it."""
    op.drop_column("order_steps", "because")
