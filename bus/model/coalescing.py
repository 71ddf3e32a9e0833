"""Coalescing: of the events that wait for one entity, only those that say something new: pure."""

from collections.abc import Iterable, Mapping, Sequence

from bus.model.event import LogEvent
from bus.model.topic import SYSTEM_TOPIC
from bus.model.topic_filter import TopicFilter

Key = tuple[str, str, bool]
EntityPosition = tuple[str, str, str, int]
"""Topic, type and URL, and the last position where they came together."""


def key(topic: str, url: str, type: str) -> Key:
    """What a later event with the same key makes superfluous."""
    return topic, url, type == "noop"


def coalesced(events: Iterable[LogEvent]) -> list[LogEvent]:
    """Events in order, without those that a later one covers (docs/delivery.md D12).

    A receiver fetches the entity as it is now, so the last event of an entity is as good as all.
    A `noop` says that nothing changed: it covers earlier ones of its kind, but never a change.

    | in order            | stays         |
    |---------------------|---------------|
    | create update       | update        |
    | update delete       | delete        |
    | update noop noop    | update noop   |
    | noop update         | update        |
    """
    last: dict[Key, LogEvent] = {}
    for event in events:
        _put(last, event)
    return sorted(last.values())


def joined(waiting: Sequence[LogEvent], later: Sequence[LogEvent]) -> list[LogEvent]:
    """The same when some are coalesced already."""
    return coalesced([*waiting, *later])


def _put(last: dict[Key, LogEvent], event: LogEvent) -> None:
    topic, url, is_noop = place = key(event.topic, event.url, event.type)
    last[place] = event
    if not is_noop:
        last.pop((topic, url, True), None)


class Scan:
    """A backlog that is looked through in steps: the last position of each key so far."""

    def __init__(self, after: int) -> None:
        self.after = after
        self.last: dict[Key, int] = {}

    def add(self, filters: Sequence[TopicFilter], found: Sequence[EntityPosition]) -> None:
        """Take in the next step, in the order of positions."""
        if found:
            self.after = found[-1][3]
        types = {(topic_filter.topic, topic_filter.type) for topic_filter in filters}
        for topic, type, url, position in found:
            if types & {(topic, type), (topic, None), ("*", None)} and (
                topic != SYSTEM_TOPIC or any(one.takes(topic, type, url) for one in filters)
            ):
                place = key(topic, url, type)
                self.last[place] = max(position, self.last.get(place, 0))


def survivors(last: Mapping[Key, int]) -> list[int]:
    """The positions that `coalesced` would leave, in order."""
    return sorted(
        position
        for (topic, url, is_noop), position in last.items()
        if not is_noop or position > last.get((topic, url, False), 0)
    )
