"""The tables. Money is minor units, time ms since the epoch; parties and auctions are URLs."""

from service_kit.idempotency import idempotency_table
from service_kit.outbox import outbox_table
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()

_id = BigInteger().with_variant(Integer, "sqlite")
_url = String(1024)
_still_open = text("outcome IS NULL AND frozen_at_ms IS NULL")
_still_frozen = text("frozen_at_ms IS NOT NULL")
_still_offered = text("status = 'open'")
_still_waiting = text("status IS NULL")

biddings = Table(
    "biddings",
    metadata,
    Column("id", _id, primary_key=True),
    Column("auction", _url, nullable=False, unique=True),
    Column("terms", Text, nullable=False),
    Column("ends_at_ms", BigInteger, nullable=False),
    Column("leader", _url),
    Column("leader_maximum", BigInteger),
    Column("runner_up_maximum", BigInteger),
    Column("price", BigInteger),
    Column("reserve_met", Boolean, nullable=False),
    Column("buy_now_available", Boolean, nullable=False),
    Column("bid_count", Integer, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("outcome", String(32)),
    Column("closed_at_ms", BigInteger),
    Column("frozen_at_ms", BigInteger),
    Column("given_back_ms", BigInteger, nullable=False, server_default="0"),
    # Bidders whom the house has barred here, as a JSON array of their URLs; null for nobody.
    Column("barred", Text),
    Column("mask_key", String(32), nullable=False),
    Column("record_length", Integer, nullable=False),
    Column("record_hash", String(64), nullable=False),
    # The closing sweep reads what is due and nothing else, however many auctions there ever were.
    Index(
        "biddings_open_by_end",
        "ends_at_ms",
        "id",
        sqlite_where=_still_open,
        postgresql_where=_still_open,
    ),
    Index(
        "biddings_frozen",
        "frozen_at_ms",
        "id",
        sqlite_where=_still_frozen,
        postgresql_where=_still_frozen,
    ),
    sqlite_autoincrement=True,
)

bids = Table(
    "bids",
    metadata,
    Column("id", _id, primary_key=True),
    Column("bidding_id", ForeignKey("biddings.id"), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("bidder", _url, nullable=False),
    Column("maximum", BigInteger, nullable=False),
    Column("placed_at_ms", BigInteger, nullable=False),
    Column("standing", String(8), nullable=False),
    Column("price", BigInteger, nullable=False),
    Column("outbid", _url),
    Column("retracted_at_ms", BigInteger),
    Column("receipt", String(64), nullable=False),
    Column("salt", String(32), nullable=False),
    UniqueConstraint("bidding_id", "sequence"),
    Index("bids_by_bidder", "bidder", "id"),
    sqlite_autoincrement=True,
)

announced_auctions = Table(
    "announced_auctions",
    metadata,
    Column("url", _url, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("due_at_ms", BigInteger, nullable=False, index=True),
)

# Append-only: nothing here is ever updated or deleted.
record = Table(
    "record",
    metadata,
    Column("bidding_id", ForeignKey("biddings.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("party", _url),
    Column("salt", String(32)),
)

offers = Table(
    "offers",
    metadata,
    Column("id", _id, primary_key=True),
    Column("bidding_id", ForeignKey("biddings.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("bidder", _url, nullable=False),
    Column("price", BigInteger, nullable=False),
    Column("expires_at_ms", BigInteger, nullable=False),
    Column("status", String(8), nullable=False),
    UniqueConstraint("bidding_id", "number"),
    Index(
        "offers_open_by_expiry",
        "expires_at_ms",
        "id",
        sqlite_where=_still_offered,
        postgresql_where=_still_offered,
    ),
    sqlite_autoincrement=True,
)

# Commands that somebody has a 202 for; `text` holds a maximum and goes when they are answered.
waiting_commands = Table(
    "waiting_commands",
    metadata,
    Column("id", _id, primary_key=True),
    Column("client", String(64), nullable=False),
    Column("key", String(255), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("auction", _url, nullable=False),
    Column("text", Text),
    Column("accepted_at_ms", BigInteger, nullable=False, index=True),
    Column("status", Integer),
    Column("body", Text),
    Column("location", _url),
    UniqueConstraint("client", "key"),
    Index(
        "waiting_commands_by_id",
        "id",
        sqlite_where=_still_waiting,
        postgresql_where=_still_waiting,
    ),
    sqlite_autoincrement=True,
)

idempotency_keys = idempotency_table(metadata)
outbox = outbox_table(metadata, traced=True)
