"""Accounting's tables. The drain's own (what is to be looked at) are beside them."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

_Id = BigInteger().with_variant(Integer, "sqlite")

# One row a thing that happened to a payment (or to a payout, by its URN), for good: triggers refuse
# to change or delete it.
journals = Table(
    "journals",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("payment_url", String(1024), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("booked_at_ms", BigInteger, nullable=False),
    UniqueConstraint("payment_url", "kind", name="uq_journals_once"),
)
Index("ix_journals_at_ms", journals.c.at_ms, journals.c.id)

# Its lines, likewise for good; those of a journal add up to zero in each currency.
postings = Table(
    "postings",
    metadata,
    Column("journal_id", ForeignKey("journals.id"), primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("account", String(16), nullable=False),
    Column("seller_url", String(1024)),
    Column("currency", String(3), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
)
Index("ix_postings_seller_url", postings.c.seller_url, postings.c.journal_id)
Index("ix_postings_account", postings.c.account, postings.c.currency, postings.c.amount_minor)

# Payments of which something can't be booked, and why, until it can.
dead_letters = Table(
    "dead_letters",
    metadata,
    Column("payment_url", String(1024), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("since_ms", BigInteger, nullable=False),
)
