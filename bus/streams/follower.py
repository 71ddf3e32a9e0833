"""Following the end of the log for all readers of a process: one looks, and wakes who waits.

It never listens where a pusher does: on SQLite it looks by the clock, for a datagram reaches one
listener only. docs/decisions/0042-a-reader-moves-its-own-cursor.md
"""

import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice

from service_kit.errors import StoreUnavailable
from service_kit.logs import get_logger

from bus.log.event_log import EventLog
from bus.streams.page import Page
from bus.streams.processor_share import STREAM_S, ProcessorShare, serving_s
from bus.streams.query import LogQuery
from bus.streams.recent import Filters, Piece, Recent

log = get_logger(__name__)

AT_ONCE = 1_000
_FEW_TOPICS = 3
_WOKEN_AT_ONCE = 8
_STORE_AWAY_S = 0.5


@dataclass(eq=False, slots=True)
class Waiting:
    """A reader that has read all there is, and is woken by what comes. `position` is where it
    stands; None once it stands at the end, wherever that is."""

    query: LogQuery
    wake: Callable[[], None]
    position: int
    cost_s: float
    """What it costs the processor to be woken, but for what it is told."""
    piece: Piece | None = None


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

    def __init__(self, event_log: EventLog, share: ProcessorShare | None = None) -> None:
        """`share` is what its readers, and those of other logs, may take of the processor."""
        self._log = event_log
        self.recent = Recent()
        """What was read of the log lately, for whom it is the next."""
        self._share = share or ProcessorShare()
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

    def join_others(self) -> bool:
        """One reader more, unless it would be the first: then `join`. Asks no store."""
        with self._changed:
            if self._state.readers == 0:
                return False
            self._state.readers += 1
            return True

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

    def is_at_end(self, position: int) -> bool:
        """Whether who stands there has all that it would be told of, were it waiting."""
        return position == self._state.seen

    def wait(
        self,
        query: LogQuery,
        position: int,
        wake: Callable[[], None],
        *,
        cost_s: float = STREAM_S,
    ) -> Waiting | None:
        """Have `wake` called, once, by another thread, when there may be news after a position;
        `cost_s` is what that costs the processor.

        None when there is something to read already.
        """
        with self._changed:
            if position < self._state.seen:
                return None
            waiting = Waiting(query, wake, position, cost_s)
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
                self._look_or_rest()
        return True

    def _look_or_rest(self) -> None:
        try:
            self._look()
        except StoreUnavailable:  # logged; readers wait on, and are told when it is back
            time.sleep(_STORE_AWAY_S)

    def _look(self) -> None:
        """Wake those who have news."""
        state, end = self._state, self._log.last_position()
        if end < state.seen or self._log.identity != state.identity:
            return self._begin_anew(end)
        if end == state.seen:
            return
        with self._changed:
            asked, seen = frozenset(state.waiting), state.seen
        topics, began_s = _topics(asked), time.thread_time()
        events = self._log.read_after(seen, topics, AT_ONCE) if asked else []
        # What was read may have come since.
        upto = max(events[-1].position if events else seen, 0 if len(events) == AT_ONCE else end)
        self._share.spend(time.thread_time() - began_s)
        self._tell(Piece(state.identity, topics, seen, upto, events), max(upto, end), asked)

    def _tell(self, piece: Piece, end: int, asked: Collection[Filters]) -> None:
        """Hand the piece to whom it is the next for. Who may want what comes after it, up to the
        end, is behind then."""
        if piece.events:
            self.recent.keep(piece)
        kinds = {(event.topic, event.type) for event in piece.events}
        asleep = {one for one in asked if not _wants(one, kinds)}
        if not self._is_quiet(asleep, piece.upto, end):
            asleep = set()
        woken: list[Waiting] = []
        with self._changed:
            self._state.seen = end
            for filters in list(self._state.waiting):
                if filters not in asked:  # who came since, for other topics
                    woken += self._taken(filters, None, end)
                elif filters not in asleep:
                    woken += self._taken(filters, piece, end)
        self._wake(woken, piece.size)

    def _is_quiet(self, filters: Collection[Filters], after: int, end: int) -> bool:
        """Whether it is known that nobody wants anything between there and the end."""
        if after == end or not filters:
            return True
        topics = _topics(filters)
        if topics is None:
            return False
        following = self._log.read_after(after, topics, 1)
        return not following or following[0].position > end

    def _taken(self, filters: Filters, piece: Piece | None, end: int) -> Iterable[Waiting]:
        """Those who want the same and stand before the end; they wait no longer. It is not their
        piece who stand beyond it already."""
        alike = self._state.waiting.pop(filters)
        behind = [one for one in alike if one.position < end]
        if len(behind) < len(alike):
            self._state.waiting[filters] = {one: None for one in alike if one.position >= end}
        for one in behind:
            one.piece = piece if piece and one.position < piece.upto else None
        return behind

    def _begin_anew(self, end: int) -> None:
        """Another epoch of the log has begun, or it is shorter than it was: restored from a copy.
        All look by themselves what that means for them."""
        log.warning("log begins anew", end=end, seen=self._state.seen)
        self.recent.forget()
        with self._changed:
            self._state.seen, self._state.identity = end, self._log.identity
            woken = [one for alike in self._state.waiting.values() for one in alike]
            self._state.waiting.clear()
        self._wake(woken, 0)

    def _wake(self, woken: Iterable[Waiting], size: int) -> None:
        """Wake them a few at a time, each of whom is told so many bytes, and rest after each."""
        left = iter(woken)
        while some := list(islice(left, _WOKEN_AT_ONCE)):
            for one in some:
                one.wake()
            if self._state.readers > 0:
                cost_s = sum(serving_s(one.cost_s, size) for one in some)
                time.sleep(self._share.spend(cost_s))


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
