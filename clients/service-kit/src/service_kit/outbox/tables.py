"""The tables of an outbox, in the database of the service that announces."""

from typing import Any

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table

REFUSED = "refused_events"
HELD = "held_topics"
TRACE = "traceparent"
MOST_REASON = 255


def outbox_table(metadata: MetaData, *, traced: bool = False) -> Table:
    """The table of events that wait to be published; rows leave once the bus has them.

    With it come two more: events that the bus will never take, each with its reason, and topics
    that it does not take from this publisher now, whose events wait on. `traced`: with a column
    for the trace in which an event was announced, so that its delivery goes on with that.
    """
    reason = Column("reason", _reason(), nullable=False)
    Table(REFUSED, metadata, *_event_columns(), *_trace_columns(traced), reason)
    Table(
        HELD,
        metadata,
        Column("topic", String(64), primary_key=True),
        Column("reason", _reason(), nullable=False),
    )
    columns: list[Column[Any]] = [*_event_columns(), *_trace_columns(traced)]
    return Table("outbox", metadata, *columns, sqlite_autoincrement=True)


def _event_columns() -> tuple[Column[int], Column[str], Column[str], Column[str], Column[int]]:
    return (
        Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
        Column("topic", String(64), nullable=False),
        Column("type", String(8), nullable=False),
        Column("url", String(1024), nullable=False),
        Column("changed_at_ms", BigInteger, nullable=False),
    )


def _trace_columns(traced: bool) -> list[Column[Any]]:
    return [Column(TRACE, String(55))] if traced else []


def _reason() -> String:
    return String(MOST_REASON)
