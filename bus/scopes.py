"""What a subscription gets after its patterns were changed: pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bus.subscription import EVERY_TOPIC, TopicScope


def scope_of(pattern: str, after: int) -> TopicScope:
    """`bids`, `bids.create` or `*`, from a position on."""
    topic, _, type = pattern.partition(".")
    return TopicScope(topic, after, type=type or None)


def rescoped(before: Sequence[TopicScope], patterns: Iterable[str], end: int) -> list[TopicScope]:
    """The scopes for `patterns`, when there were others and the log ends at `end`.

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
    wanted = [scope_of(pattern, end) for pattern in dict.fromkeys(patterns)]
    scopes = [replace(one, after=_start(one, before)) for one in wanted]
    kept = {(one.topic, one.type) for one in wanted}
    for old in before:
        if (old.topic, old.type) in kept:
            continue
        if old.until is not None:
            scopes.append(old)
        elif any(_covers(new, old) for new in wanted):
            scopes.append(replace(old, until=end))
    return scopes


def _start(new: TopicScope, before: Sequence[TopicScope]) -> int:
    return min((old.after for old in before if _covers(old, new)), default=new.after)


def _covers(wide: TopicScope, narrow: TopicScope) -> bool:
    return wide.topic in {narrow.topic, EVERY_TOPIC} and wide.type in {narrow.type, None}
