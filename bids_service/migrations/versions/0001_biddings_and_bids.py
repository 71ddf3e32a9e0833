"""Biddings and bids."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_still_open = sa.text("outcome IS NULL")


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "announced_auctions",
        sa.Column("url", sa.String(length=1024), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("due_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("url"),
    )
    op.create_index("ix_announced_auctions_due_at_ms", "announced_auctions", ["due_at_ms"])

    op.create_table(
        "biddings",
        sa.Column("id", _id, nullable=False),
        sa.Column("auction", sa.String(length=1024), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("ends_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("leader", sa.String(length=1024), nullable=True),
        sa.Column("leader_maximum", sa.BigInteger(), nullable=True),
        sa.Column("runner_up_maximum", sa.BigInteger(), nullable=True),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("reserve_met", sa.Boolean(), nullable=False),
        sa.Column("buy_now_available", sa.Boolean(), nullable=False),
        sa.Column("bid_count", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("closed_at_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("auction"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "biddings_open_by_end",
        "biddings",
        ["ends_at_ms", "id"],
        sqlite_where=_still_open,
        postgresql_where=_still_open,
    )

    op.create_table(
        "idempotency_keys",
        sa.Column("client", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("client", "key"),
    )
    op.create_index("ix_idempotency_keys_created_at_ms", "idempotency_keys", ["created_at_ms"])

    op.create_table(
        "outbox",
        sa.Column("id", _id, nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=8), nullable=False),
        sa.Column("url", sa.String(length=1024), nullable=False),
        sa.Column("changed_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "bids",
        sa.Column("id", _id, nullable=False),
        sa.Column("bidding_id", _id, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("bidder", sa.String(length=1024), nullable=False),
        sa.Column("maximum", sa.BigInteger(), nullable=False),
        sa.Column("placed_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("standing", sa.String(length=8), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("outbid", sa.String(length=1024), nullable=True),
        sa.Column("retracted_at_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["bidding_id"], ["biddings.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("bidding_id", "sequence"),
        sqlite_autoincrement=True,
    )
    op.create_index("bids_by_bidder", "bids", ["bidder", "id"])
