"""What a reader of the log may ask for (docs/delivery.md D33): pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bus.errors import BadQuery
from bus.model.subscription import NOW, StartAt, StartPosition
from bus.model.topic_filter import EVERY_TOPIC, TopicFilter, filter_of
from bus.subscriptions.validation import MAX_PATTERNS, Pattern
from bus.wire_rules import check

DEFAULT_LIMIT = 100
MAX_LIMIT = 1_000
MAX_WAIT_S = 30
_MAX_DIGITS = 18
_KEYS = ("topics", "after", "limit", "wait")

Query = Mapping[str, Sequence[str]]
"""The query string: each key with all its values."""


@dataclass(frozen=True, slots=True)
class LogQuery:
    """Which events, after what, how many at once, and how long to wait for the first."""

    filters: tuple[TopicFilter, ...]
    after: StartPosition = NOW
    limit: int = DEFAULT_LIMIT
    wait_s: int = 0

    @property
    def topics(self) -> frozenset[str] | None:
        """The topics to read; None: every topic."""
        names = frozenset(one.topic for one in self.filters)
        return None if EVERY_TOPIC in names else names

    @property
    def patterns(self) -> str:
        """The patterns as they stand in a query."""
        return ",".join(one.pattern for one in self.filters)


def check_query(query: Query, last_event_id: str | None = None) -> LogQuery:
    """A LogQuery from a query string. Raises BadQuery or BadTopic.

    | key      | is                                             | missing      |
    |----------|------------------------------------------------|--------------|
    | `topics` | 1 to 100 patterns with commas between          | every topic  |
    | `after`  | `now`, `beginning`, or a position              | `now`        |
    | `limit`  | 1 to 1 000 events at once                      | 100          |
    | `wait`   | 0 to 30 s, for the first event                 | 0            |

    A position in `last_event_id` goes before `after`.
    """
    one = single_values(query, _KEYS)
    return LogQuery(
        _filters(one.get("topics", EVERY_TOPIC)),
        after_of(last_event_id or one.get("after", "now")),
        number_of(one, "limit", 1, MAX_LIMIT, DEFAULT_LIMIT),
        number_of(one, "wait", 0, MAX_WAIT_S, 0),
    )


def single_values(query: Query, known: Sequence[str]) -> dict[str, str]:
    """The query with one value a key. Raises BadQuery for a key that isn't known, or is there
    twice."""
    for key, values in query.items():
        if key not in known:
            raise BadQuery(f"unknown query key {key[:64]!r}: {', '.join(known)} are known")
        if len(values) > 1:
            raise BadQuery(f"{key} is there {len(values)} times")
    return {key: values[0] for key, values in query.items()}


def number_of(query: Mapping[str, str], key: str, least: int, most: int, default: int) -> int:
    """A number in a query. Raises BadQuery."""
    text = query.get(key)
    if text is None:
        return default
    number = int(text) if _is_number(text) else -1
    if not least <= number <= most:
        raise BadQuery(f"{key} is not a whole number from {least} to {most}")
    return number


def after_of(text: str) -> StartPosition:
    """Where reading begins. Raises BadQuery."""
    if text in {StartAt.NOW.value, StartAt.BEGINNING.value}:
        return StartPosition(StartAt(text))
    if not _is_number(text):
        raise BadQuery("a position is now, beginning, or a whole number")
    return StartPosition(StartAt.POSITION, int(text))


def _filters(text: str) -> tuple[TopicFilter, ...]:
    patterns = list(dict.fromkeys(text.split(",")))
    if len(patterns) > MAX_PATTERNS:
        raise BadQuery(f"topics are more than {MAX_PATTERNS}")
    return tuple(filter_of(check(Pattern, one, BadQuery), 0) for one in patterns)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS
