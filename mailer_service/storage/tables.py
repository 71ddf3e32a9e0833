"""The mailer's tables."""

from sqlalchemy import (
    BigInteger,
    Column,
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


def _lease() -> tuple[Column[int], Column[int | None], Column[int], Column[int]]:
    # priority: lower first. due_at_ms: when somebody should work on the row. Whoever claims it
    # moves that beyond the time the work may take; None: nothing left to do. version: raised by
    # every claim and every news, so that only the last claimant may put the row off.
    return (
        Column("priority", Integer, nullable=False),
        Column("due_at_ms", BigInteger),
        Column("version", BigInteger, nullable=False),
        Column("attempts", Integer, nullable=False),
    )


# One row a URL that has news: an event means "look again", so two are one. Rows leave once
# looked at.
inbox = Table(
    "inbox",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("url", String(1024), nullable=False, unique=True),
    Column("topic", String(64), nullable=False),
    Column("received_at_ms", BigInteger, nullable=False),
    Column("traceparent", String(55), nullable=False),
    *_lease(),
    sqlite_autoincrement=True,
)
Index("ix_inbox_due", inbox.c.priority, inbox.c.due_at_ms)

# URLs whose news could not be turned into mail, and why.
dead_letters = Table(
    "dead_letters",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("url", String(1024), nullable=False),
    Column("topic", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("received_at_ms", BigInteger, nullable=False),
    Column("died_at_ms", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)

# The ledger: one row a mail, for good. recipient_url and not the address: who changes the
# address meanwhile must not hear it all again.
#
# step: `noticed` (its letter is to be written), `ready` (to be sent), `held` (a summary will
# tell it: the mail `held_for`), `done` (`outcome` says how). `notice` is there while noticed,
# `letter` while ready or held: it holds an address and perhaps a secret link. `placed_at_ms`:
# when it was let through to leave by itself, for the limits on that.
mails = Table(
    "mails",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("entity_url", String(1024), nullable=False),
    Column("kind", String(128), nullable=False),
    Column("recipient_url", String(1024), nullable=False),
    Column("auction_url", String(1024)),
    Column("stage", String(16), key="step", nullable=False),
    Column("outcome", String(16)),
    Column("notice", Text),
    Column("letter", Text),
    Column("held_for", BigInteger),
    Column("traceparent", String(55), nullable=False),
    Column("created_at_ms", BigInteger, nullable=False),
    Column("placed_at_ms", BigInteger),
    Column("sent_at_ms", BigInteger),
    Column("ended_at_ms", BigInteger),
    Column("last_error", Text),
    *_lease(),
    UniqueConstraint("entity_url", "kind", "recipient_url", name="uq_mails_once"),
    sqlite_autoincrement=True,
)
Index("ix_mails_due", mails.c.step, mails.c.priority, mails.c.due_at_ms)
Index("ix_mails_placed", mails.c.recipient_url, mails.c.placed_at_ms)
Index("ix_mails_held", mails.c.held_for)

# One row an event that the bus told of a subscription, for good. `told_at_ms`: when a letter that
# says it was made ready; None: none was yet.
bus_reports = Table(
    "bus_reports",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("event_id", String(255), nullable=False, unique=True),
    Column("url", String(1024), nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", String(64)),
    Column("counted", BigInteger, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("received_at_ms", BigInteger, nullable=False),
    Column("told_at_ms", BigInteger),
    sqlite_autoincrement=True,
)
Index("ix_bus_reports_told", bus_reports.c.told_at_ms)
Index("ix_bus_reports_url", bus_reports.c.url)

# Addresses that a mail server has refused for good, by their customer.
suppressions = Table(
    "suppressions",
    metadata,
    Column("customer_url", String(1024), primary_key=True),
    Column("address", String(512), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("since_ms", BigInteger, nullable=False),
    Column("first_ms", BigInteger, nullable=False, server_default="0"),
    Column("until_ms", BigInteger),
)
