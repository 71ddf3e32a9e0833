"""What was read of the log a moment ago, for the next who wants the same."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bus.model.event import LogEvent
from bus.model.topic_filter import TopicFilter
from bus.streams.page import Page, cut
from bus.streams.query import LogQuery

Filters = tuple[TopicFilter, ...]
"""What a reader wants. Those who want the same are looked at once, however many they are."""

_KEPT = 8
_MOST_PAGES = 64
# What is forgotten by the log is still told for as long, by who read it while it was there.
_GOOD_FOR_S = 10.0


@dataclass(frozen=True, slots=True)
class Piece:
    """The events after one position and up to another, in the log of that identity: all of some
    topics (None: of any), or what one reader wanted. Who wants the same gets the same page."""

    identity: str
    wanted: frozenset[str] | Filters | None
    after: int
    upto: int
    events: list[LogEvent]
    pages: dict[tuple[Filters, int, int], Page] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """What it weighs in bytes, as it is stored."""
        return sum([len(event.body) for event in self.events])

    def page(self, query: LogQuery, position: int) -> Page:
        """What there is of it for who stands there."""
        position = max(position, self.after)
        key = query.filters, query.limit, position
        found = self.pages.get(key)
        if found is None:
            events = [event for event in self.events if event.position > position]
            found = cut(query, events, max(self.upto, position))
            if len(self.pages) < _MOST_PAGES:
                self.pages[key] = found
        return found

    def serves(self, query: LogQuery, position: int, identity: str) -> bool:
        """Whether it has what comes next after a position."""
        is_next = self.after <= position < self.upto and self.identity == identity
        return is_next and self._has_all(query)

    def _has_all(self, query: LogQuery) -> bool:
        if isinstance(self.wanted, tuple):
            return query.filters == self.wanted
        return self.wanted is None or (query.topics is not None and query.topics <= self.wanted)


class Recent:
    """The last few pieces. May be used by any thread."""

    def __init__(self, steady_s: Callable[[], float] = time.monotonic) -> None:
        self._steady_s = steady_s
        self._pieces: tuple[tuple[float, Piece], ...] = ()

    def keep(self, piece: Piece) -> None:
        """Remember one, and forget the oldest."""
        self._pieces = ((self._steady_s(), piece), *self._pieces)[:_KEPT]

    def page(self, query: LogQuery, position: int, identity: str) -> Page | None:
        """What comes next for who stands there, if somebody has read it lately."""
        oldest_s = self._steady_s() - _GOOD_FOR_S
        for read_s, piece in self._pieces:
            if read_s > oldest_s and piece.serves(query, position, identity):
                return piece.page(query, position)
        return None

    def forget(self) -> None:
        """Remember nothing."""
        self._pieces = ()
