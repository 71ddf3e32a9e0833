"""What an append writes, publications given their positions: pure, the same for every engine."""

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bus.errors import BadTopic, BusError, KeyReused, SchemaChanged, TopicElsewhere, TopicTaken
from bus.model.event import Publication, whole_event
from bus.model.topic import check_room, may_publish

COLUMNS = "position, topic, number, type, url, published_at_ms, traceparent, body, bytes_upto"
Row = tuple[int, str, int, str, str, int, str | None, bytes, int]
"""An event as it is inserted: the values of COLUMNS."""

Entity = tuple[str, str, str, int]
"""Topic, URL and type, and the last position where they came together."""

Keys = dict[tuple[int, str], bytes]
"""The fingerprint that a client's idempotency key came with."""

# An idempotency key is honoured for a day (docs/delivery.md D7).
KEY_KEPT_MS = 24 * 60 * 60 * 1000

_APPEND_ID_BYTES = 4


@dataclass(slots=True)
class TopicRow:
    """A topic inside a transaction that appends to it."""

    name: str
    client_id: int | None
    events: int
    schema_digest: str | None = None
    log: str | None = None
    """Which one it is in, when it isn't this."""


@dataclass(frozen=True, slots=True)
class LogEnd:
    """Where an append goes on: the log, the newest event's place in it, and the size of all bodies
    up to it; and the registry's version."""

    identity: str
    position: int
    bytes_upto: int
    registry_version: int = 0

    @classmethod
    def of(
        cls,
        identity: str,
        position: int | None,
        bytes_upto: int | None,
        registry_version: int = 0,
    ) -> "LogEnd":
        """From a row, which has no place as long as the log is empty."""
        return cls(identity, position or 0, bytes_upto or 0, registry_version)


@dataclass(slots=True)
class AppendPlan:
    """What an append comes to: the rows to insert, an answer for each publication, new keys."""

    rows: list[Row] = field(default_factory=list)
    answers: list[BusError | None] = field(default_factory=list)
    keys: Keys = field(default_factory=dict)


def plan_append(
    publications: Sequence[Publication],
    topics: Mapping[str, TopicRow],
    known: Keys,
    end: LogEnd,
    *,
    owned: Mapping[int, int],
    now_ms: int,
    claims: bool = True,
) -> AppendPlan:
    """Plan publications one after the other, after `end`; moves the rows in `topics` along.

    | the publication                             | answer     | stored |
    |---------------------------------------------|------------|--------|
    | its topic is in another log                 | TopicElsewhere | no |
    | nobody owns its topic, and who publishes here `claims` none | TopicElsewhere | no |
    | its topic belongs to another client         | TopicTaken | no     |
    | its topic is new, and `owned` are so many   | BadTopic   | no     |
    | its key is known, with the same fingerprint | None       | no: it is stored already |
    | its key is known, with another              | KeyReused  | no     |
    | its topic has another schema than it had when the events were judged | SchemaChanged | no |
    | that schema has something against them      | its `refusal` | no  |
    | any other                                   | None       | yes    |

    Ids are made of the log, the place in it, and something random for each append: a log that was
    restored from a copy comes to the same places again, with other events, and no id may mean two
    (docs/delivery.md D14).
    """
    append_id = new_append_id()
    plan, keys, owned = AppendPlan(), dict(known), Counter(owned)
    position, size = end.position, end.bytes_upto
    for publication in publications:
        topic = topics[publication.topic]
        refusal, is_new = _judge(publication, topic, keys, owned, claims=claims)
        plan.answers.append(refusal)
        if not is_new:
            continue
        owned[publication.client_id] += topic.client_id is None
        topic.client_id = publication.client_id
        if publication.key is not None:
            new = {(publication.client_id, publication.key.key): publication.key.fingerprint}
            keys |= new
            plan.keys |= new
        for event in publication.events:
            position += 1
            topic.events += 1
            body = whole_event(event.head, event_id(end.identity, position, append_id), position)
            size += len(body)
            plan.rows.append(
                (
                    position,
                    topic.name,
                    topic.events,
                    event.type,
                    event.url,
                    now_ms,
                    publication.traceparent,
                    body,
                    size,
                )
            )
    return plan


def new_append_id() -> str:
    """Something random for an append."""
    return secrets.token_hex(_APPEND_ID_BYTES)


def event_id(identity: str, position: int, append_id: str) -> str:
    """The id of the event at a position."""
    return f"{identity}-{position}-{append_id}"


def claimants(publications: Sequence[Publication], topics: Mapping[str, TopicRow]) -> set[int]:
    """The clients that would own another topic: for them it is counted how many they have."""
    return {one.client_id for one in publications if topics[one.topic].client_id is None}


def entities(rows: Sequence[Row]) -> list[Entity]:
    """The entities of some rows, each once, with its last position."""
    last = {(row[1], row[4], row[3]): row[0] for row in rows}
    return [(*entity, position) for entity, position in last.items()]


def _judge(
    publication: Publication,
    topic: TopicRow,
    known: Keys,
    owned: Mapping[int, int],
    *,
    claims: bool,
) -> tuple[BusError | None, bool]:
    """Why it is refused, and whether it is new."""
    not_here = _not_here(publication, topic, owned, claims=claims)
    if not_here is not None:
        return not_here, False
    if publication.key is not None:
        fingerprint = known.get((publication.client_id, publication.key.key))
        if fingerprint == publication.key.fingerprint:
            return None, False
        if fingerprint is not None:
            return KeyReused("this idempotency key was used for other events"), False
    if publication.schema_digest != topic.schema_digest:
        return SchemaChanged(f"{topic.name} has another schema now"), False
    return publication.refusal, publication.refusal is None


def _not_here(
    publication: Publication, topic: TopicRow, owned: Mapping[int, int], *, claims: bool
) -> BusError | None:
    """Why the client may not publish to the topic, or not in this log."""
    if topic.log is not None or (topic.client_id is None and not claims):
        return TopicElsewhere(f"{topic.name} is not in this log")
    if not may_publish(publication.client_id, topic.client_id):
        return TopicTaken(f"{topic.name} has another publisher")
    if topic.client_id is None:
        try:
            check_room(owned[publication.client_id])
        except BadTopic as error:
            return error
    return None
