"""Several subscriptions a client, and what a subscription has beside its cursor."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Three tables are made anew beside the old ones, which take each other's place.

    SQLite can't change a key, and dropping a table that others refer to would empty those: so
    whoever refers is dropped first.
    """
    _create_subscriptions()
    _create_topics()
    _create_cursors()
    for name in ("cursors", "subscription_topics", "subscriptions"):
        op.drop_table(name)
    for name in ("subscriptions", "subscription_topics", "cursors"):
        op.rename_table(f"{name}_anew", name)
    op.create_index("subscription_topics_by_topic", "subscription_topics", ["topic"])
    op.create_index("cursors_by_holder", "cursors", ["holder"])
    _create_parked()
    _create_dead_letters()
    _create_attempts()
    for name, column in (("snapshots", "position"), ("wanted_tests", "requested_at_ms")):
        key = ["subscription_id"] + ["position"] * (column == "position")
        op.create_table(
            name,
            _subscription(),
            sa.Column(column, sa.BigInteger(), autoincrement=False, nullable=False),
            sa.PrimaryKeyConstraint(*key),
        )


def _subscription(table: str = "subscriptions") -> sa.Column[int]:
    reference = sa.ForeignKey(f"{table}.id", ondelete="CASCADE")
    return sa.Column("subscription_id", sa.Integer(), reference, nullable=False)


def _create_subscriptions() -> None:
    op.create_table(
        "subscriptions_anew",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), sa.ForeignKey("clients.id"), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("callback", sa.String(1024), nullable=False),
        sa.Column("uuid", sa.String(255), nullable=False),
        sa.Column("timeout_ms", sa.Integer(), nullable=True),
        sa.Column("max_events", sa.Integer(), nullable=False),
        sa.Column("concurrency", sa.Integer(), nullable=False),
        sa.Column("coalesce", sa.Boolean(), nullable=False),
        sa.Column("format", sa.String(16), nullable=False),
        sa.Column("events_per_s", sa.Integer(), nullable=True),
        sa.Column("retry", sa.Text(), nullable=True),
        sa.Column("secret", sa.String(128), nullable=False),
        sa.Column("previous_secret", sa.String(128), nullable=True),
        sa.Column("previous_until_ms", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("reason", sa.String(16), nullable=True),
        sa.Column("state_since_ms", sa.BigInteger(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("client_id", "name", name="subscriptions_by_client"),
        sqlite_autoincrement=True,
    )
    kept = (
        "id, client_id, callback, uuid, timeout_ms, max_events, secret, previous_secret,"
        " previous_until_ms, created_at_ms"
    )
    op.execute(
        f"INSERT INTO subscriptions_anew ({kept}, name, concurrency, coalesce, format, state,"  # noqa: S608
        f" state_since_ms) SELECT {kept}, 'default', 1, false, 'routemaster', 'active',"
        " created_at_ms FROM subscriptions"
    )
    if op.get_bind().dialect.name == "postgresql":  # whose sequence knows nothing of these ids
        op.execute(
            "SELECT setval(pg_get_serial_sequence('subscriptions_anew', 'id'),"
            " (SELECT coalesce(max(id), 0) + 1 FROM subscriptions), false)"
        )


def _create_topics() -> None:
    op.create_table(
        "subscription_topics_anew",
        _subscription("subscriptions_anew"),
        sa.Column("topic", sa.String(64), nullable=False),
        sa.Column("type", sa.String(8), nullable=False),
        sa.Column("after_position", sa.BigInteger(), nullable=False),
        sa.Column("until_position", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("subscription_id", "topic", "type"),
    )
    op.execute(
        "INSERT INTO subscription_topics_anew"
        " (subscription_id, topic, type, after_position, until_position)"
        " SELECT subscription_id, topic, '', after_position, until_position"
        " FROM subscription_topics"
    )


def _create_cursors() -> None:
    op.create_table(
        "cursors_anew",
        _subscription("subscriptions_anew"),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("reached", sa.BigInteger(), nullable=False),
        sa.Column("left_behind", sa.Text(), nullable=True),
        sa.Column("snapshot_upto", sa.BigInteger(), nullable=False),
        sa.Column("delivered", sa.BigInteger(), nullable=False),
        sa.Column("sent", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since_ms", sa.BigInteger(), nullable=True),
        sa.Column("tried_upto", sa.BigInteger(), nullable=True),
        sa.Column("narrow", sa.Integer(), nullable=True),
        sa.Column("skip_upto", sa.BigInteger(), nullable=True),
        sa.Column("retry_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_error", sa.String(255), nullable=True),
        sa.Column("last_attempt_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("holder", sa.String(64), nullable=True),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subscription_id"),
    )
    kept = (
        "subscription_id, position, delivered, sent, failures, tried_upto, retry_at_ms,"
        " last_status, last_error, last_attempt_at_ms, holder, fence"
    )
    op.execute(
        f"INSERT INTO cursors_anew ({kept}, reached, snapshot_upto)"  # noqa: S608
        f" SELECT {kept}, position, 0 FROM cursors"
    )


def _create_parked() -> None:
    op.create_table(
        "parked",
        _subscription(),
        sa.Column("url", sa.String(1024), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("retry_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("parked_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_error", sa.String(255), nullable=True),
        sa.PrimaryKeyConstraint("subscription_id", "url"),
    )
    op.create_table(
        "parked_events",
        _subscription(),
        *_event_columns(),
        sa.PrimaryKeyConstraint("subscription_id", "position"),
    )
    op.create_index("parked_events_by_url", "parked_events", ["subscription_id", "url", "position"])


def _create_dead_letters() -> None:
    op.create_table(
        "dead_letters",
        sa.Column("id", _BIG_ID, nullable=False),
        _subscription(),
        *_event_columns(),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("died_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_error", sa.String(255), nullable=True),
        sa.Column("last_answer", sa.LargeBinary(), nullable=False),
        sa.Column("redrive_at_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("subscription_id", "position", name="dead_letters_by_position"),
        sqlite_autoincrement=True,
    )


def _create_attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", _BIG_ID, nullable=False),
        _subscription(),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("first_position", sa.BigInteger(), nullable=False),
        sa.Column("last_position", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(255), nullable=True),
        sa.Column("request_head", sa.Text(), nullable=False),
        sa.Column("request_body", sa.LargeBinary(), nullable=False),
        sa.Column("response_head", sa.Text(), nullable=False),
        sa.Column("response_body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("attempts_by_subscription", "attempts", ["subscription_id", "id"])
    op.create_index("attempts_by_time", "attempts", ["at_ms"])


def _event_columns() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("topic", sa.String(64), nullable=False),
        sa.Column("type", sa.String(8), nullable=False),
        sa.Column("url", sa.String(1024), nullable=False),
        sa.Column("published_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("traceparent", sa.String(55), nullable=True),
    )
