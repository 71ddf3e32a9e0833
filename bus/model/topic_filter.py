"""What a subscription gets of the log, also after its patterns were changed: pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bus.model.event import LogEvent

EVERY_TOPIC = "*"


@dataclass(frozen=True, slots=True)
class TopicFilter:
    """The part of a topic that a subscription gets: after one position, up to another.

    It began when the topic was subscribed to; it ends (None: it doesn't) where the publisher
    deleted the topic. `topic` may be `*`, every topic; a `type` of None is every type.
    """

    topic: str
    after: int = 0
    until: int | None = None
    type: str | None = None

    def holds(self, event: LogEvent) -> bool:
        """Whether an event belongs to it."""
        return (
            self.wants(event.topic, event.type)
            and self.after < event.position
            and (self.until is None or event.position <= self.until)
        )

    def wants(self, topic: str, type: str) -> bool:
        """Whether events of this topic and type are meant."""
        return self.topic in {topic, EVERY_TOPIC} and self.type in {type, None}

    def holds_all_after(self, position: int) -> bool:
        """Whether every event of the topic from here on belongs to it."""
        return self.type is None and self.until is None and self.after <= position

    @property
    def pattern(self) -> str:
        """As it was asked for: `bids`, `bids.create` or `*`."""
        return self.topic if self.type is None else f"{self.topic}.{self.type}"


def filter_of(pattern: str, after: int) -> TopicFilter:
    """`bids`, `bids.create` or `*`, from a position on."""
    topic, _, type = pattern.partition(".")
    return TopicFilter(topic, after, type=type or None)


def refiltered(
    before: Sequence[TopicFilter], patterns: Iterable[str], end: int
) -> list[TopicFilter]:
    """The filters for `patterns`, when there were others and the log ends at `end`.

    What was wanted before and still is, under whatever pattern, keeps its backlog; what is new
    starts with the next event.

    | before               | wanted      | after                                      |
    |----------------------|-------------|--------------------------------------------|
    |                      | bids        | bids from end                              |
    | bids from 3          | bids        | bids from 3                                |
    | bids from 3          | orders      | orders from end                            |
    | bids from 3          | bids.create | bids.create from 3                         |
    | bids.create from 3   | bids        | bids.create from 3 to end, bids from end   |
    | bids from 3 to 7     |             | bids from 3 to 7: the topic was deleted    |
    | bids from 3 to 7     | bids        | bids from 3                                |
    """
    wanted = [filter_of(pattern, end) for pattern in dict.fromkeys(patterns)]
    filters = [replace(one, after=_start(one, before)) for one in wanted]
    kept = {(one.topic, one.type) for one in wanted}
    for old in before:
        if (old.topic, old.type) in kept:
            continue
        if old.until is not None:
            filters.append(old)
        elif any(_covers(new, old) for new in wanted):
            filters.append(replace(old, until=end))
    return filters


def without_passed(filters: Iterable[TopicFilter], position: int) -> list[TopicFilter]:
    """Those that still have something to give to a cursor at a position."""
    return [one for one in filters if one.until is None or one.until > position]


def _start(new: TopicFilter, before: Sequence[TopicFilter]) -> int:
    return min((old.after for old in before if _covers(old, new)), default=new.after)


def _covers(wide: TopicFilter, narrow: TopicFilter) -> bool:
    return wide.topic in {narrow.topic, EVERY_TOPIC} and wide.type in {narrow.type, None}
