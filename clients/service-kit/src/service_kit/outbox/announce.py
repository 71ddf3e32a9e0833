"""Announcing a change in the transaction that makes it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table

from service_kit.dialects import insert_all
from service_kit.errors import NotAnEvent
from service_kit.outbox.tables import TRACE
from service_kit.topic import TOPIC_RULE, is_topic
from service_kit.trace import traceparent_at_work
from service_kit.url import are_entity_urls

_TYPES = frozenset({"create", "update", "delete", "noop"})


class Announcement(NamedTuple):
    """The entity at `url` was created, updated or deleted, or exists (`noop`, for backfills); in
    which trace, if that is known."""

    topic: str
    type: str
    url: str
    at_ms: int
    traceparent: str | None = None


def announce(
    connection: Connection, table: Table, *, topic: str, type: str, url: str, now_ms: int
) -> None:
    """Write an event into the transaction of the change that it announces. Raises NotAnEvent."""
    announce_all(connection, table, [Announcement(topic, type, url, now_ms, traceparent_at_work())])


def announce_all(connection: Connection, table: Table, events: Sequence[Announcement]) -> None:
    """The same for several, to be published in this order.

    Raises NotAnEvent for what the bus would refuse for ever: better no change than one that
    nobody hears of. Whether a host may use plain http only the bus knows.
    """
    check_events(events)
    rows: list[dict[str, Any]] = [
        {"topic": topic, "type": type, "url": url, "changed_at_ms": at_ms}
        for topic, type, url, at_ms, _ in events
    ]
    if TRACE in table.c:
        for row, one in zip(rows, events, strict=True):
            row[TRACE] = one.traceparent
    insert_all(connection, table, rows)


def check_events(events: Sequence[Announcement]) -> None:
    """Raises NotAnEvent, which doesn't repeat the URL."""
    for one in events:
        if not is_topic(one.topic):
            raise NotAnEvent(TOPIC_RULE)
        if one.type not in _TYPES:
            raise NotAnEvent(f"{one.topic}: the type is not create, update, delete or noop")
    if not are_entity_urls([one.url for one in events]):
        topics = ", ".join(dict.fromkeys(one.topic for one in events))
        raise NotAnEvent(f"{topics}: the URL of an entity is absolute, in ASCII, without a query")
