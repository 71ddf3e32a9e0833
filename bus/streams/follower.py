"""Following the end of the log for all readers of a process: one looks, and wakes who waits.

It never listens where a pusher does: on SQLite it looks by the clock, for a datagram reaches one
listener only. docs/decisions/0042-a-reader-moves-its-own-cursor.md
"""

import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from service_kit.errors import StoreUnavailable
from service_kit.logs import get_logger

from bus.log.event_log import EventLog
from bus.model.event import LogEvent
from bus.model.topic_filter import TopicFilter
from bus.streams.page import Page, cut
from bus.streams.query import LogQuery

log = get_logger(__name__)

Filters = tuple[TopicFilter, ...]
"""What a reader wants. Those who want the same are looked at once, however many they are."""

AT_ONCE = 1_000
_FEW_TOPICS = 3
# Serving one reader costs some 40 µs of the processor that publishers want too: who has woken many
# looks again so much later that it is at most a twenty-fifth.
_REST_PER_READER_S = 0.001
_STORE_AWAY_S = 0.5


@dataclass(frozen=True, slots=True)
class _Piece:
    """What was read at the end of the log: all events of some topics after one position and up
    to another. Who wants the same of it gets the same page."""

    after: int
    upto: int
    events: list[LogEvent]
    pages: dict[tuple[Filters, int, int], Page] = field(default_factory=dict)

    def page(self, query: LogQuery, position: int) -> Page:
        """What there is of it for who stands there."""
        position = max(position, self.after)
        key = query.filters, query.limit, position
        found = self.pages.get(key)
        if found is None:
            events = [event for event in self.events if event.position > position]
            found = cut(query, events, max(self.upto, position))
            self.pages[key] = found
        return found


@dataclass(eq=False, slots=True)
class Waiting:
    """A reader that has read all there is, and is woken by what comes. `position` is where it
    stands; None once it stands at the end, wherever that is."""

    query: LogQuery
    wake: Callable[[], None]
    position: int
    piece: _Piece | None = None


@dataclass(slots=True)
class _State:
    identity: str
    seen: int = 0
    readers: int = 0
    waiting: dict[Filters, dict[Waiting, None]] = field(default_factory=dict)


class Follower:
    """Looks for news while there are readers. May be used by any thread.

    A reader that waits is told what it waited for. One that is busy with what it was told misses
    what comes meanwhile, and reads that by itself: nothing is kept for it.
    """

    def __init__(self, event_log: EventLog) -> None:
        self._log = event_log
        self._state = _State(event_log.identity)
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Be a reader. Raises StoreUnavailable."""
        self.join()
        try:
            yield
        finally:
            self.leave()

    def join(self) -> None:
        """One reader more. Asks the store, if it is the first. Raises StoreUnavailable."""
        with self._changed:
            if self._state.readers == 0:
                self._state.seen = self._log.last_position()
                self._state.identity = self._log.identity
            self._state.readers += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="follower", daemon=True)
                self._thread.start()
            self._changed.notify()

    def leave(self) -> None:
        """One reader less."""
        with self._changed:
            self._state.readers -= 1

    def wait(self, query: LogQuery, position: int, wake: Callable[[], None]) -> Waiting | None:
        """Have `wake` called, once, by another thread, when there may be news after a position.

        None when there is something to read already.
        """
        with self._changed:
            if position < self._state.seen:
                return None
            waiting = Waiting(query, wake, position)
            self._state.waiting.setdefault(query.filters, {})[waiting] = None
            return waiting

    def news(self, waiting: Waiting) -> Page:
        """What there is for who waited, and waits no longer: nothing, if it was not woken or has
        to look by itself."""
        filters = waiting.query.filters
        with self._changed:
            alike = self._state.waiting.get(filters, {})
            if waiting in alike:
                del alike[waiting]
                if not alike:
                    del self._state.waiting[filters]
                return Page((), max(waiting.position, self._state.seen))
        piece = waiting.piece
        return piece.page(waiting.query, waiting.position) if piece else Page((), waiting.position)

    def _run(self) -> None:
        while self._follow():
            pass

    def _follow(self) -> bool:
        """Until nobody reads any more; False once the log is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._state.readers > 0)
        with self._log.watching() as wait:
            while self._state.readers > 0:
                if not wait():
                    return False
                time.sleep(self._look_or_rest())
        return True

    def _look_or_rest(self) -> float:
        """Look; returns for how long to rest then."""
        try:
            return self._look() * _REST_PER_READER_S
        except StoreUnavailable:  # logged; readers wait on, and are told when it is back
            return _STORE_AWAY_S

    def _look(self) -> int:
        """Wake those who have news; returns how many."""
        state, end = self._state, self._log.last_position()
        if end < state.seen or self._log.identity != state.identity:
            return self._begin_anew(end)
        if end == state.seen:
            return 0
        with self._changed:
            asked, seen = frozenset(state.waiting), state.seen
        events = self._log.read_after(seen, _topics(asked), AT_ONCE) if asked else []
        upto = events[-1].position if events else seen
        if len(events) < AT_ONCE:
            upto = max(upto, end)  # what was read may have come since
        return self._tell(_Piece(seen, upto, events), asked)

    def _tell(self, piece: _Piece, asked: Collection[Filters]) -> int:
        kinds = {(event.topic, event.type) for event in piece.events}
        woken: list[Waiting] = []
        with self._changed:
            self._state.seen = piece.upto
            for filters in list(self._state.waiting):
                if filters not in asked:  # who came since, for other topics, reads by itself
                    woken += self._taken(filters, None)
                elif _wants(filters, kinds):
                    woken += self._taken(filters, piece)
        return _wake(woken)

    def _taken(self, filters: Filters, piece: _Piece | None) -> Iterable[Waiting]:
        """Those who wait for the same, and wait no longer."""
        alike = self._state.waiting.pop(filters)
        for one in alike:
            one.piece = piece
        return alike

    def _begin_anew(self, end: int) -> int:
        """Another epoch of the log has begun, or it is shorter than it was: restored from a copy.
        All look by themselves what that means for them."""
        log.warning("log begins anew", end=end, seen=self._state.seen)
        with self._changed:
            self._state.seen, self._state.identity = end, self._log.identity
            everyone = list(self._state.waiting)
            woken = [one for filters in everyone for one in self._taken(filters, None)]
        return _wake(woken)


def _wake(woken: Collection[Waiting]) -> int:
    for one in woken:
        one.wake()
    return len(woken)


def _wants(filters: Filters, kinds: Collection[tuple[str, str]]) -> bool:
    return any(one.wants(topic, type) for one in filters for topic, type in kinds)


def _topics(asked: Iterable[Filters]) -> frozenset[str] | None:
    """The topics to read for all of them: None, any, where one query is cheaper than many."""
    names: set[str] = set()
    for filters in asked:
        topics = LogQuery(filters).topics
        if topics is None or len(names | topics) > _FEW_TOPICS:
            return None
        names |= topics
    return frozenset(names)
