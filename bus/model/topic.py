"""A topic: its name, and who may publish it (docs/delivery.md D6)."""

from dataclasses import dataclass, replace
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType
from service_kit.topic import TOPIC_NAME, TOPIC_RULE, is_topic

from bus.errors import BadTopic, TopicTaken
from bus.model.data_schema import check_schema
from bus.model.log_name import LogName
from bus.wire_rules import check, complaint

MAX_TOPICS = 1_000
"""Of one client."""

SYSTEM_TOPIC = "bus"
"""What the bus tells of itself (docs/delivery.md D35): nobody else publishes there."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it is listed. `publisher` is a client's name; None until somebody publishes.
    `description` is what it is about, where somebody has said so."""

    name: str
    publisher: str | None
    events: int
    description: str | None = None


class TopicAbout(msgspec.Struct, forbid_unknown_fields=True):
    """What a topic is about, and the JSON Schema that its events' `data` must keep; null: none.
    `log` is which one its events go to, said before the first of them (docs/delivery.md D38)."""

    description: (
        Annotated[
            str, complaint("description is not text of at most 1 000 characters", max_length=1_000)
        ]
        | UnsetType
        | None
    ) = UNSET
    schema: (
        Annotated[dict[str, Any], complaint("schema is not a JSON Schema: an object")]
        | UnsetType
        | None
    ) = UNSET
    log: LogName | UnsetType = UNSET


_STATES = ["failing", "disabled", "recovered", "dead_letters", "behind", "caught_up", "resync"]
OURS = TopicAbout(
    description="What happens to subscriptions: the url is the subscription's.",
    schema={
        "type": "object",
        "required": ["state"],
        "properties": {
            "state": {"enum": _STATES, "description": "What happened to it"},
            "reason": {"enum": ["gone", "failing"], "description": "Why it is disabled"},
            "dead_letters": {"type": "integer", "description": "How many it has now"},
            "from": {"type": "integer", "description": "The first position that is gone"},
            "to": {"type": "integer", "description": "The last position that is gone"},
        },
    },
)
"""What the bus's own topic is about (docs/delivery.md D35)."""


def check_about(value: Any) -> TopicAbout:
    """A TopicAbout, parsed from JSON. Raises BadTopic, BadSchema."""
    about: TopicAbout = check(TopicAbout, value, BadTopic)
    if about.schema is not UNSET and about.schema is not None:
        check_schema(about.schema)
    return about


def seen_by(viewer: str | None, topic: Topic) -> Topic:
    """A topic as a client sees it; None sees all. An exact count of somebody else's events would
    tell of each of them: of a bid, say, that nobody may know of."""
    if viewer in {None, topic.publisher}:
        return topic
    return replace(topic, events=topic.events // 1_000 * 1_000)


def check_topic(name: Any) -> str:
    """The name itself. Raises BadTopic unless the whole of it is [a-z_]{1,64}."""
    if not is_topic(name):
        raise _bad_topic(name)
    return str(name)


def check_not_ours(name: str) -> None:
    """Raises TopicTaken for the topic that only the bus publishes."""
    if name == SYSTEM_TOPIC:
        raise TopicTaken(f"{SYSTEM_TOPIC} is the bus's own topic")


def _bad_topic(_: Any) -> BadTopic:
    return BadTopic(TOPIC_RULE)


TopicName = Annotated[str, complaint(_bad_topic, pattern=rf"^{TOPIC_NAME}\Z")]


def check_room(owned: int) -> None:
    """Raise BadTopic when a client that owns so many topics can't have another."""
    if owned >= MAX_TOPICS:
        raise BadTopic(f"a client has at most {MAX_TOPICS} topics")


def may_publish(client_id: int, owner_id: int | None) -> bool:
    """Whether a client may publish to a topic: the first who does owns it.

    | owner        | nobody | the client | another |
    |--------------|--------|------------|---------|
    | may publish  | yes    | yes        | no      |
    """
    return owner_id is None or owner_id == client_id
