"""Decisions of moderators, what bids_service is told of them, and who is told why."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_still_waiting = sa.text("done_at_ms IS NULL")


def upgrade() -> None:
    """Adds the three tables."""
    op.create_table(
        "decisions",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("action", sa.String(length=8), nullable=False),
        sa.Column("auction_id", sa.String(length=16), nullable=True),
        sa.Column("customer_id", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("lifted_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("appeal", sa.Text(), nullable=True),
        sa.Column("appealed_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["auction_id"], ["auctions.id"]),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_decisions_customer", "decisions", ["customer_id", "at_ms"])
    op.create_index("ix_decisions_auction", "decisions", ["auction_id"])
    op.create_table(
        "decrees",
        sa.Column("number", _number, nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("decision_id", sa.String(length=16), nullable=False),
        sa.Column("auction_id", sa.String(length=16), nullable=False),
        sa.Column("what", sa.String(length=8), nullable=False),
        sa.Column("bidder_id", sa.String(length=16), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("due_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("done_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("refused", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["auction_id"], ["auctions.id"]),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"]),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("ix_decrees_decision", "decrees", ["decision_id"])
    op.create_index(
        "ix_decrees_waiting",
        "decrees",
        ["number"],
        sqlite_where=_still_waiting,
        postgresql_where=_still_waiting,
    )
    op.create_table(
        "statements",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("decision_id", sa.String(length=16), nullable=True),
        sa.Column("customer_id", sa.String(length=16), nullable=False),
        sa.Column("auction_id", sa.String(length=16), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["auction_id"], ["auctions.id"]),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"]),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_statements_customer", "statements", ["customer_id", "at_ms"])
