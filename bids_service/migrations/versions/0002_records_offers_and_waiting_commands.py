"""The record of every bidding, second chances, and commands that are answered later."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_still_offered = sa.text("status = 'open'")
_still_waiting = sa.text("status IS NULL")


def upgrade() -> None:
    """Add what is needed; a bidding that was open before has a record from here on."""
    with op.batch_alter_table("biddings") as biddings:
        biddings.add_column(
            sa.Column("mask_key", sa.String(length=32), nullable=False, server_default="")
        )
        biddings.add_column(
            sa.Column("record_length", sa.Integer(), nullable=False, server_default="0")
        )
        biddings.add_column(
            sa.Column("record_hash", sa.String(length=64), nullable=False, server_default="0" * 64)
        )
    _make_mask_keys()
    with op.batch_alter_table("bids") as bids:
        bids.add_column(
            sa.Column("receipt", sa.String(length=64), nullable=False, server_default="")
        )
        bids.add_column(sa.Column("salt", sa.String(length=32), nullable=False, server_default=""))
    _create_record()
    _create_offers()
    _create_waiting_commands()


def _make_mask_keys() -> None:
    biddings = sa.table("biddings", sa.column("id"), sa.column("mask_key"))
    connection = op.get_bind()
    for (bidding_id,) in connection.execute(sa.select(biddings.c.id)).all():
        connection.execute(
            sa.update(biddings)
            .where(biddings.c.id == bidding_id)
            .values(mask_key=secrets.token_hex(16))
        )


def _create_record() -> None:
    op.create_table(
        "record",
        sa.Column("bidding_id", _id, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("party", sa.String(length=1024), nullable=True),
        sa.Column("salt", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["bidding_id"], ["biddings.id"]),
        sa.PrimaryKeyConstraint("bidding_id", "number"),
    )


def _create_offers() -> None:
    op.create_table(
        "offers",
        sa.Column("id", _id, nullable=False),
        sa.Column("bidding_id", _id, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("bidder", sa.String(length=1024), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["bidding_id"], ["biddings.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("bidding_id", "number"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "offers_open_by_expiry",
        "offers",
        ["expires_at_ms", "id"],
        sqlite_where=_still_offered,
        postgresql_where=_still_offered,
    )


def _create_waiting_commands() -> None:
    op.create_table(
        "waiting_commands",
        sa.Column("id", _id, nullable=False),
        sa.Column("client", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("auction", sa.String(length=1024), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("accepted_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("location", sa.String(length=1024), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("client", "key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_waiting_commands_accepted_at_ms", "waiting_commands", ["accepted_at_ms"])
    op.create_index(
        "waiting_commands_by_id",
        "waiting_commands",
        ["id"],
        sqlite_where=_still_waiting,
        postgresql_where=_still_waiting,
    )
