"""Second chances that sellers have offered."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "second_chances",
        sa.Column("id", sa.String(length=16), primary_key=True),
        sa.Column("url", sa.String(length=1024), nullable=False, unique=True),
        sa.Column("auction_id", sa.String(length=16), sa.ForeignKey("auctions.id"), nullable=False),
        sa.Column("bidder_id", sa.String(length=16), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_second_chances_auction", "second_chances", ["auction_id"])


def downgrade() -> None:
    op.drop_table("second_chances")
