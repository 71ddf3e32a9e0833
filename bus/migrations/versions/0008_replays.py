"""How often a subscription was replayed, for its deliveries to say."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keeps what is there."""
    op.add_column(
        "cursors", sa.Column("replay", sa.BigInteger(), nullable=False, server_default="0")
    )
