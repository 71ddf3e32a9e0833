"""An append to PostgreSQL in one call, of publications that need no look before they are planned.

A round trip less, and one statement for the driver instead of six, each of which costs it as much
as a whole append on SQLite. What is stored is what `plan_append` would have stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from bus.log.append_plan import event_id, new_append_id
from bus.log.appended import Appended, are_told
from bus.model.event import LogEvent, NewEvent, Publication, whole_event

_APPEND = (
    "SELECT * FROM append_plain_1(%b::text[], %b::integer[], %b::text[],"
    " %b::text[], %b::text[], %b::text[], %b::text[], %b::bytea[], %b::bigint, %b)"
)

_APPEND_ONE = "SELECT * FROM append_one_1(%b, %b::integer, %b, %b, %b, %b, %b, %b::bigint, %b)"
MOST_EVENTS = 128
"""Beyond, copying costs less than a round trip more."""


_Told = tuple[str, str | None, NewEvent]
"""An event with its topic and its trace."""


@dataclass(frozen=True, slots=True)
class Plain:
    """Publications that agree about each topic: whose it is, and which schema it has."""

    topics: dict[str, tuple[int, str | None]]
    publications: Sequence[Publication]

    @classmethod
    def of(cls, publications: Sequence[Publication]) -> "Plain | None":
        """None: they don't, one has a key or was refused before, or they are too many."""
        topics: dict[str, tuple[int, str | None]] = {}
        for one in publications:
            known = topics.setdefault(one.topic, (one.client_id, one.schema_digest))
            if one.key or one.refusal or known != (one.client_id, one.schema_digest):
                return None
        are_few = 0 < sum(len(one.events) for one in publications) <= MOST_EVENTS
        return cls(topics, publications) if are_few else None

    @property
    def events(self) -> list[_Told]:
        """Each with its topic and its trace, in order."""
        each = (
            [(one.topic, one.traceparent, event) for event in one.events]
            for one in self.publications
        )
        return list(chain.from_iterable(each))


def append_plain(connection: Any, plain: Plain, now_ms: int) -> Appended | None:
    """Store them and commit; None: a topic is not as they have it, and nothing is stored."""
    append_id, events = new_append_id(), plain.events
    if len(events) == 1:
        statement, values = _APPEND_ONE, _of_one(plain, *events[0])
    else:
        statement, values = _APPEND, _of_several(plain, events)
    row = connection.execute(statement, (*values, now_ms, append_id)).fetchone()
    if row is None:
        return None
    connection.check_lasting()
    identity, before, _, version = row
    told = [
        LogEvent(
            position,
            topic,
            event.type,
            event.url,
            now_ms,
            whole_event(event.head, event_id(identity, position, append_id), position),
            trace,
        )
        for position, (topic, trace, event) in enumerate(events, before + 1)
        if are_told(len(events))
    ]
    return Appended(identity, before + len(events), version, told)


def _of_one(plain: Plain, topic: str, trace: str | None, event: NewEvent) -> Sequence[object]:
    return topic, *plain.topics[topic], event.type, event.url, trace, event.head


def _of_several(plain: Plain, events: Sequence[_Told]) -> Sequence[object]:
    owners, digests = zip(*plain.topics.values(), strict=True)
    topics, traces, news = zip(*events, strict=True)
    types, urls, heads = zip(*news, strict=True)
    columns = plain.topics, owners, digests, topics, types, urls, traces, heads
    return [list(column) for column in columns]
