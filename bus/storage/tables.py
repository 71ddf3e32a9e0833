"""The tables of the bus: one log, and the registry of who reads it how far."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    false,
)

metadata = MetaData()

_BigId = BigInteger().with_variant(Integer, "sqlite")

# One row: which log this is (event ids are made of it), and a number that moves with every
# change of a subscription, so that pushers see when to look.
bus_state = Table(
    "bus_state",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("log_identity", String(16), nullable=False),
    Column("registry_version", BigInteger, nullable=False),
)

clients = Table(
    "clients",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("created_at_ms", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)

tokens = Table(
    "tokens",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("client_id", ForeignKey("clients.id"), nullable=False, index=True),
    Column("created_at_ms", BigInteger, nullable=False),
)

# A deleted topic keeps its row: its events may still wait, and their numbers must go on.
topics = Table(
    "topics",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("client_id", ForeignKey("clients.id"), nullable=True),
    Column("events", BigInteger, nullable=False),
    Column("events_before", BigInteger, nullable=False),
    Column("deleted", Boolean, nullable=False, server_default=false()),
)

# `number` counts within the topic, `bytes_upto` adds up all bodies: lag and size are differences
# of two rows, not counts of all between them.
events = Table(
    "events",
    metadata,
    Column("position", _BigId, primary_key=True, autoincrement=False),
    Column("topic", String(64), nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("type", String(8), nullable=False),
    Column("url", String(1024), nullable=False),
    Column("published_at_ms", BigInteger, nullable=False),
    Column("traceparent", String(55), nullable=True),
    Column("body", LargeBinary, nullable=False),
    Column("bytes_upto", BigInteger, nullable=False, server_default="0"),
    Index("events_by_topic", "topic", "position"),
)

# Publications with an idempotency key, for as long as the key is honoured.
publish_keys = Table(
    "publish_keys",
    metadata,
    Column("client_id", Integer, primary_key=True, autoincrement=False),
    Column("key", String(255), primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("created_at_ms", BigInteger, nullable=False, index=True),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("client_id", ForeignKey("clients.id"), nullable=False, unique=True),
    Column("callback", String(1024), nullable=False),
    Column("uuid", String(255), nullable=False),
    Column("timeout_ms", Integer, nullable=True),
    Column("max_events", Integer, nullable=False),
    Column("secret", String(128), nullable=False),
    Column("previous_secret", String(128), nullable=True),
    Column("previous_until_ms", BigInteger, nullable=False),
    Column("created_at_ms", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)

subscription_topics = Table(
    "subscription_topics",
    metadata,
    Column("subscription_id", ForeignKey("subscriptions.id", ondelete="CASCADE"), primary_key=True),
    Column("topic", String(64), primary_key=True, index=True),
    Column("after_position", BigInteger, nullable=False),
    Column("until_position", BigInteger, nullable=True),
)

# Apart from the subscription, because it changes with every batch. `holder` is the pusher that
# delivers; `fence` moves whenever somebody else than the holder may have moved the cursor.
cursors = Table(
    "cursors",
    metadata,
    Column("subscription_id", ForeignKey("subscriptions.id", ondelete="CASCADE"), primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("delivered", BigInteger, nullable=False),
    Column("sent", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("tried_upto", BigInteger, nullable=True),
    Column("retry_at_ms", BigInteger, nullable=False),
    Column("last_status", Integer, nullable=True),
    Column("last_error", String(255), nullable=True),
    Column("last_attempt_at_ms", BigInteger, nullable=True),
    Column("holder", String(64), nullable=True, index=True),
    Column("fence", BigInteger, nullable=False),
)

# Pushers that are alive: each moves its `beat` every two seconds.
pushers = Table(
    "pushers",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("beat", BigInteger, nullable=False),
    Column("seen_at_ms", BigInteger, nullable=False),
)

# Histograms of all pushers together: how many took up to `upto_ms` (0: longer than all others).
timings = Table(
    "timings",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("upto_ms", Integer, primary_key=True, autoincrement=False),
    Column("count", BigInteger, nullable=False),
    Column("sum_ms", BigInteger, nullable=False),
)
