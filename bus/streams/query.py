"""What a reader of the log may ask for (docs/delivery.md D33): pure."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

import msgspec
from msgspec import Meta

from bus.errors import BadQuery
from bus.model.log_name import MAIN, LogName
from bus.model.subscription import NOW, StartAt, StartPosition
from bus.model.topic_filter import EVERY_TOPIC, TopicFilter, filter_of
from bus.subscriptions.validation import MAX_PATTERNS, Pattern
from bus.wire_rules import check, complaint

DEFAULT_LIMIT = 100
MAX_LIMIT = 1_000
MAX_WAIT_S = 30
Wait = Annotated[int, Meta(ge=0, le=MAX_WAIT_S)]
_After = Annotated[
    str,
    complaint(
        "a position is now, beginning, a whole number, or the id of what was read",
        pattern=r"^(now|beginning|[0-9]{1,18}|[0-9a-f]{8}-[0-9]{1,18}(-[0-9a-f]{8})?)\Z",
    ),
]


class EventsQuery(msgspec.Struct, forbid_unknown_fields=True):
    """The query of `GET /events`: 1 to 100 patterns with commas between, after what, how many
    events at once, and for how many seconds to wait for the first; of which log, where that isn't
    plain by the topics."""

    topics: str = EVERY_TOPIC
    after: _After = StartAt.NOW.value
    limit: Annotated[int, Meta(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT
    wait: Wait = 0
    log: LogName | None = None


@dataclass(frozen=True, slots=True)
class LogQuery:
    """Which events, after what, how many at once, and how long to wait for the first."""

    filters: tuple[TopicFilter, ...]
    after: StartPosition = NOW
    limit: int = DEFAULT_LIMIT
    wait_s: int = 0
    identity: str | None = None
    """Of the log that `after` is a position of; None: of the one that there is."""
    log: str = MAIN

    @property
    def topics(self) -> frozenset[str] | None:
        """The topics to read; None: every topic."""
        names = frozenset(one.topic for one in self.filters)
        return None if EVERY_TOPIC in names else names

    @property
    def patterns(self) -> str:
        """The patterns as they stand in a query."""
        return ",".join(one.pattern for one in self.filters)


def log_query(
    asked: EventsQuery, about: str | None, last_event_id: str | None = None, log: str = MAIN
) -> LogQuery:
    """What is asked of a log by who is told `about` some (see TopicFilter); a position in
    `last_event_id` goes before `after`. Raises BadQuery or BadTopic."""
    after = check(_After, last_event_id, BadQuery) if last_event_id else asked.after
    start, identity = _start(after)
    filters = _filters(asked.topics, about)
    return LogQuery(filters, start, asked.limit, asked.wait, identity, log)


def _start(after: str) -> tuple[StartPosition, str | None]:
    if after in {StartAt.NOW.value, StartAt.BEGINNING.value}:
        return StartPosition(StartAt(after)), None
    identity, dash, rest = after.partition("-")
    position = rest.partition("-")[0] if dash else after
    return StartPosition(StartAt.POSITION, int(position)), identity if dash else None


@lru_cache(256)
def _filters(text: str, about: str | None) -> tuple[TopicFilter, ...]:
    patterns = list(dict.fromkeys(text.split(",")))
    if len(patterns) > MAX_PATTERNS:
        raise BadQuery(f"topics are more than {MAX_PATTERNS}")
    return tuple(filter_of(check(Pattern, one, BadQuery), 0, about) for one in patterns)
