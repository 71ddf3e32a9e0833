"""Saved searches and followed sellers, and who was told of which listing."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_searches",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("customer_id", sa.String(16), sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("asked", sa.JSON, nullable=False),
        sa.Column("created_at_ms", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_saved_searches_customer_id", "saved_searches", ["customer_id"])
    op.create_table(
        "follows",
        sa.Column("customer_id", sa.String(16), sa.ForeignKey("customers.id"), primary_key=True),
        sa.Column("seller_id", sa.String(16), sa.ForeignKey("customers.id"), primary_key=True),
        sa.Column("since_ms", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_follows_seller", "follows", ["seller_id"])
    op.create_table(
        "unannounced_listings",
        sa.Column("auction_id", sa.String(16), sa.ForeignKey("auctions.id"), primary_key=True),
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("customer_id", sa.String(16), sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("about", sa.String(16), nullable=False),
        sa.Column("auction_id", sa.String(16), sa.ForeignKey("auctions.id"), nullable=False),
        sa.Column("ends_at_ms", sa.BigInteger, nullable=False),
        sa.Column("created_at_ms", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("customer_id", "kind", "about", "auction_id"),
    )


def downgrade() -> None:
    op.drop_table("alerts")
    op.drop_table("unannounced_listings")
    op.drop_table("follows")
    op.drop_table("saved_searches")
