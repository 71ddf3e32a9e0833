"""The tables of the bus: one log, and the registry of who reads it how far."""

from typing import Any

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
    Text,
    UniqueConstraint,
    false,
)

metadata = MetaData()

_BigId = BigInteger().with_variant(Integer, "sqlite")


def _copied_event() -> list[Column[Any]]:
    """An event's columns after its position, where a copy of it is kept."""
    return [
        Column("topic", String(64), nullable=False),
        Column("type", String(8), nullable=False),
        Column("url", String(1024), nullable=False),
        Column("published_at_ms", BigInteger, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("traceparent", String(55), nullable=True),
    ]


# One row: which log this is (event ids are made of it), and a number that moves with every
# change of a subscription, so that pushers see when to look. Where the registry is a copy: what
# the log is called, and which version of the registry at home was copied.
bus_state = Table(
    "bus_state",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("log_identity", String(16), nullable=False),
    Column("registry_version", BigInteger, nullable=False),
    Column("log_name", String(32), nullable=True),
    Column("copied_version", BigInteger, nullable=True),
)

# The lives of the log, the newest last: each begins after a position, and is told by the identity
# that the log has in it. `epoch` is what PostgreSQL calls itself in it.
log_epochs = Table(
    "log_epochs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("epoch", Text, nullable=False),
    Column("begins_after", BigInteger, nullable=False),
    Column("identity", String(16), nullable=False, server_default=""),
    sqlite_autoincrement=True,
)

# Subscriptions that were sent what a later life of the log lacks, and that were not told yet.
wanted_resyncs = Table(
    "wanted_resyncs",
    metadata,
    Column("subscription_id", ForeignKey("subscriptions.id", ondelete="CASCADE"), primary_key=True),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("since_ms", BigInteger, nullable=False),
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
    Column("id", Integer, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("client_id", ForeignKey("clients.id"), nullable=False, index=True),
    Column("created_at_ms", BigInteger, nullable=False),
    Column("scopes", Text, nullable=False, server_default="monitor publish subscribe"),
    Column("last_used_at_ms", BigInteger, nullable=True),
    UniqueConstraint("digest", name="tokens_by_digest"),
    sqlite_autoincrement=True,
)

# A deleted topic keeps its row: its events may still wait, and their numbers must go on. `log` is
# where its events are, when they are not here.
topics = Table(
    "topics",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("client_id", ForeignKey("clients.id"), nullable=True),
    Column("events", BigInteger, nullable=False),
    Column("events_before", BigInteger, nullable=False),
    Column("deleted", Boolean, nullable=False, server_default=false()),
    Column("description", Text, nullable=True),
    Column("schema", Text, nullable=True),
    Column("schema_digest", String(32), nullable=True),
    Column("log", String(32), nullable=True),
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

# The last position of each topic, URL and type: whoever coalesces a backlog reads this instead.
entities = Table(
    "entities",
    metadata,
    Column("topic", String(64), primary_key=True),
    Column("url", String(1024), primary_key=True),
    Column("type", String(8), primary_key=True),
    Column("position", BigInteger, nullable=False),
    Index("entities_by_position", "position"),
    sqlite_with_rowid=False,
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

# One that is pulled has an empty `callback` and `uuid`, and no pusher takes it.
# A client's subscription `default` is the one of routemaster's API. `retry`, `previous_secrets`
# and `begun_at`, where it was to begin, are JSON.
subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("client_id", ForeignKey("clients.id"), nullable=False),
    Column("name", String(64), nullable=False),
    Column("callback", String(1024), nullable=False),
    Column("uuid", String(255), nullable=False),
    Column("timeout_ms", Integer, nullable=True),
    Column("max_events", Integer, nullable=False),
    Column("concurrency", Integer, nullable=False),
    Column("coalesce", Boolean, nullable=False),
    Column("format", String(32), nullable=False),
    Column("events_per_s", Integer, nullable=True),
    Column("retry", Text, nullable=True),
    Column("secret", String(128), nullable=False),
    Column("previous_secrets", Text, nullable=True),
    Column("state", String(8), nullable=False),
    Column("reason", String(16), nullable=True),
    Column("state_since_ms", BigInteger, nullable=False),
    Column("created_at_ms", BigInteger, nullable=False),
    Column("begun_at", Text, nullable=True),
    UniqueConstraint("client_id", "name", name="subscriptions_by_client"),
    sqlite_autoincrement=True,
)

# A batch that a puller has for a while: `events` is JSON, a position, type and URL each.
pull_leases = Table(
    "pull_leases",
    metadata,
    Column("id", String(32), primary_key=True),
    Column(
        "subscription_id",
        ForeignKey("subscriptions.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("until_ms", BigInteger, nullable=False),
    Column("is_parked", Boolean, nullable=False),
    Column("acknowledged", Boolean, nullable=False),
    Column("events", Text, nullable=False),
)

# What it gets: a topic (`*`: every topic) and a type ("": every type); of what the bus tells of
# itself what is `about` one client's subscriptions (null: about all).
subscription_topics = Table(
    "subscription_topics",
    metadata,
    Column("subscription_id", ForeignKey("subscriptions.id", ondelete="CASCADE"), primary_key=True),
    Column("topic", String(64), primary_key=True),
    Column("type", String(8), primary_key=True),
    Column("after_position", BigInteger, nullable=False),
    Column("until_position", BigInteger, nullable=True),
    Column("about", String(64), nullable=True, server_default=""),
    Index("subscription_topics_by_topic", "topic"),
)

# Apart from the subscription, because it changes with every batch. `holder` is the pusher that
# delivers; `fence` moves whenever somebody else than the holder may have moved the cursor.
# Up to `position` everything is settled; up to `reached` everything but the positions in
# `left_behind` (JSON). `parked_events` and `dead_letters` count the rows of those tables, `replay`
# how often somebody had events delivered again.
cursors = Table(
    "cursors",
    metadata,
    Column("subscription_id", ForeignKey("subscriptions.id", ondelete="CASCADE"), primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("reached", BigInteger, nullable=False),
    Column("left_behind", Text, nullable=True),
    Column("snapshot_upto", BigInteger, nullable=False),
    Column("delivered", BigInteger, nullable=False),
    Column("sent", BigInteger, nullable=False),
    Column("parked_events", BigInteger, nullable=False, server_default="0"),
    Column("dead_letters", BigInteger, nullable=False, server_default="0"),
    Column("replay", BigInteger, nullable=False, server_default="0"),
    Column("failures", Integer, nullable=False),
    Column("failing_since_ms", BigInteger, nullable=True),
    Column("tried_upto", BigInteger, nullable=True),
    Column("narrow", Integer, nullable=True),
    Column("skip_upto", BigInteger, nullable=True),
    Column("retry_at_ms", BigInteger, nullable=False),
    Column("last_status", Integer, nullable=True),
    Column("last_error", String(255), nullable=True),
    Column("last_attempt_at_ms", BigInteger, nullable=True),
    Column("holder", String(64), nullable=True),
    Column("fence", BigInteger, nullable=False),
    Index("cursors_by_holder", "holder"),
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

# Entities whose events failed while others passed, each with a schedule of its own, and the
# events that wait there: copies, so that trimming the log takes nothing from them.
parked = Table(
    "parked",
    metadata,
    Column("subscription_id", ForeignKey("subscriptions.id", ondelete="CASCADE"), primary_key=True),
    Column("url", String(1024), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("retry_at_ms", BigInteger, nullable=False),
    Column("parked_at_ms", BigInteger, nullable=False),
    Column("last_status", Integer, nullable=True),
    Column("last_error", String(255), nullable=True),
)

parked_events = Table(
    "parked_events",
    metadata,
    Column("subscription_id", ForeignKey("subscriptions.id", ondelete="CASCADE"), primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    *_copied_event(),
    Index("parked_events_by_url", "subscription_id", "url", "position"),
)

# Events given up, with the last answer that they got. One with `redrive_at_ms` is on its way back
# to the parked: the holder of the subscription moves it.
dead_letters = Table(
    "dead_letters",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("subscription_id", ForeignKey("subscriptions.id", ondelete="CASCADE"), nullable=False),
    Column("position", BigInteger, nullable=False),
    *_copied_event(),
    Column("attempts", Integer, nullable=False),
    Column("died_at_ms", BigInteger, nullable=False),
    Column("last_status", Integer, nullable=True),
    Column("last_error", String(255), nullable=True),
    Column("last_answer", LargeBinary, nullable=False),
    Column("redrive_at_ms", BigInteger, nullable=True),
    UniqueConstraint("subscription_id", "position", name="dead_letters_by_position"),
    Index("dead_letters_by_redrive", "redrive_at_ms", "subscription_id"),
    Index("dead_letters_by_subscription", "subscription_id", "id"),
    sqlite_autoincrement=True,
)

# The last deliveries of each subscription: heads without credentials, bodies cut at 4 KiB.
# `positions` are those of its events: `17-40,45`.
attempts = Table(
    "attempts",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("subscription_id", ForeignKey("subscriptions.id", ondelete="CASCADE"), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("duration_ms", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("events", Integer, nullable=False),
    Column("first_position", BigInteger, nullable=False),
    Column("last_position", BigInteger, nullable=False),
    Column("status", Integer, nullable=True),
    Column("error", String(255), nullable=True),
    Column("request_head", Text, nullable=False),
    Column("request_body", LargeBinary, nullable=False),
    Column("response_head", Text, nullable=False),
    Column("response_body", LargeBinary, nullable=False),
    Column("connect_ms", Integer, nullable=True),
    Column("first_byte_ms", Integer, nullable=True),
    Column("total_ms", Integer, nullable=True),
    Column("positions", Text, nullable=True),
    Column("resend", Boolean, nullable=False, server_default=false()),
    Index("attempts_by_subscription", "subscription_id", "id"),
    Index("attempts_by_time", "at_ms"),
    sqlite_autoincrement=True,
)

# A snapshot that a subscription starts with: the positions of the last events of live entities,
# numbered from 1.
snapshots = Table(
    "snapshots",
    metadata,
    Column("subscription_id", ForeignKey("subscriptions.id", ondelete="CASCADE"), primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False, server_default="0"),
)

# Test events that somebody asked for and that have not been sent yet.
wanted_tests = Table(
    "wanted_tests",
    metadata,
    Column("subscription_id", ForeignKey("subscriptions.id", ondelete="CASCADE"), primary_key=True),
    Column("requested_at_ms", BigInteger, nullable=False),
)

# Attempts that somebody wants made again, each once, and that have not been yet.
wanted_resends = Table(
    "wanted_resends",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("subscription_id", ForeignKey("subscriptions.id", ondelete="CASCADE"), nullable=False),
    Column("positions", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("requested_at_ms", BigInteger, nullable=False),
    Index("wanted_resends_by_subscription", "subscription_id"),
    sqlite_autoincrement=True,
)

# Browsers that are signed in to the console: digests of what their cookies hold, and what is kept
# of the token (or root key) that was shown: `Auth.sealed`.
console_sessions = Table(
    "console_sessions",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("token", String(64), nullable=False),
    Column("expires_at_ms", BigInteger, nullable=False),
    Index("console_sessions_by_expiry", "expires_at_ms"),
)

# Attempts to sign in that failed, or are under way, by the visitor's network.
console_sign_ins = Table(
    "console_sign_ins",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("network", String(64), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Index("console_sign_ins_by_network", "network", "at_ms"),
)

# Counts over time, a row for each step of each span. `events_upto` is how many events the topic
# ever had; how many came meanwhile is the difference to the row before.
topic_history = Table(
    "topic_history",
    metadata,
    Column("step_ms", Integer, primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("topic", String(64), primary_key=True),
    Column("events_upto", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# Without a foreign key: what a subscription did stays in the sums when it is gone.
subscription_history = Table(
    "subscription_history",
    metadata,
    Column("step_ms", Integer, primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("subscription_id", Integer, primary_key=True, autoincrement=False),
    Column("delivered", BigInteger, nullable=False),
    Column("failed", BigInteger, nullable=False),
    Column("lag_ms", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# What the bus has told of a subscription and what isn't over yet. `value`: of dead letters, how
# many there were when that was told; of lost events, the position of the last.
alerts = Table(
    "alerts",
    metadata,
    Column("subscription_id", ForeignKey("subscriptions.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("value", BigInteger, nullable=False),
    Column("since_ms", BigInteger, nullable=False),
)

# Who did what (`client`: None is who runs the bus) to whose (`owner`) things.
audit = Table(
    "audit",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("client", String(64), nullable=True),
    Column("by", String(32), nullable=False),
    Column("act", String(32), nullable=False),
    Column("on", String(255), nullable=False),
    Column("owner", String(64), nullable=True),
    Column("details", Text, nullable=False),
    Index("audit_by_time", "at_ms"),
    Index("audit_by_owner", "owner", "id"),
    Index("audit_by_client", "client", "id"),
    sqlite_autoincrement=True,
)
