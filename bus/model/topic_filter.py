"""What a subscription gets of the log, also after its patterns were changed: pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bus.model.event import LogEvent
from bus.model.paths import is_of
from bus.model.topic import SYSTEM_TOPIC

EVERY_TOPIC = "*"


@dataclass(frozen=True, slots=True)
class TopicFilter:
    """The part of a topic that a subscription gets: after one position, up to another.

    It began when the topic was subscribed to; it ends (None: it doesn't) where the publisher
    deleted the topic. `topic` may be `*`, every topic that clients publish; a `type` of None is
    every type. Of what the bus tells of itself it holds what is `about` the subscriptions of one
    client, by its name; None: of all; without a name: nothing (docs/delivery.md D35).
    """

    topic: str
    after: int = 0
    until: int | None = None
    type: str | None = None
    about: str | None = ""

    def holds(self, event: LogEvent) -> bool:
        """Whether an event belongs to it."""
        return (
            self.takes(event.topic, event.type, event.url)
            and self.after < event.position
            and (self.until is None or event.position <= self.until)
        )

    @property
    def is_choosy(self) -> bool:
        """Whether it leaves out some of what is read for it."""
        return self.type is not None or (self.topic == SYSTEM_TOPIC and self.about is not None)

    def wants(self, topic: str, type: str) -> bool:
        """Whether events of this topic and type are meant."""
        is_any = self.topic == EVERY_TOPIC and topic != SYSTEM_TOPIC
        return (is_any or self.topic == topic) and self.type in {type, None}

    def takes(self, topic: str, type: str, url: str) -> bool:
        """Whether such an event belongs to it, wherever it is in the log."""
        is_hidden = topic == SYSTEM_TOPIC and self.about is not None and not is_of(self.about, url)
        return self.wants(topic, type) and not is_hidden

    def holds_all_after(self, position: int) -> bool:
        """Whether every event of the topic (of `*`: of what clients publish) from here on belongs
        to it."""
        is_all = self.type is None and self.until is None and self.after <= position
        return is_all and (self.topic != SYSTEM_TOPIC or self.about is None)

    @property
    def pattern(self) -> str:
        """As it was asked for: `bids`, `bids.create` or `*`."""
        return self.topic if self.type is None else f"{self.topic}.{self.type}"


def filter_of(pattern: str, after: int, about: str | None = "") -> TopicFilter:
    """`bids`, `bids.create` or `*`, from a position on; see TopicFilter."""
    topic, _, type = pattern.partition(".")
    return TopicFilter(topic, after, type=type or None, about=about)


def refiltered(
    before: Sequence[TopicFilter], patterns: Iterable[str], end: int, about: str | None = ""
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
    wanted = [filter_of(pattern, end, about) for pattern in dict.fromkeys(patterns)]
    filters = [replace(one, after=_start(one, before)) for one in wanted]
    kept = {(one.topic, one.type) for one in wanted}
    for old in before:
        if (old.topic, old.type) in kept:
            continue
        if old.until is not None:
            filters.append(old)
        elif any(_covers(new, old) for new in wanted):
            filters.append(replace(old, until=end, about=about))
    return filters


def without_passed(filters: Iterable[TopicFilter], position: int) -> list[TopicFilter]:
    """Those that still have something to give to a cursor at a position."""
    return [one for one in filters if one.until is None or one.until > position]


def _start(new: TopicFilter, before: Sequence[TopicFilter]) -> int:
    return min((old.after for old in before if _covers(old, new)), default=new.after)


def _covers(wide: TopicFilter, narrow: TopicFilter) -> bool:
    is_any = wide.topic == EVERY_TOPIC and narrow.topic != SYSTEM_TOPIC
    return (wide.topic == narrow.topic or is_any) and wide.type in {narrow.type, None}
