"""One subscription at work: what was read for it, what is in flight, and what is not yet stored."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from bus.coalescing import Key, joined, survivors
from bus.delivery import rate_limit
from bus.delivery.wire.request import Request
from bus.model.delivery import (
    Cursor,
    LastAnswer,
    LeasedSubscription,
    Parked,
    Settlement,
    StateChange,
)
from bus.model.event import LogEvent
from bus.model.subscription import State
from bus.model.topic_filter import TopicFilter

if TYPE_CHECKING:
    from bus.delivery.prefetch import Prepared

RESYNC = "resync"
_NOBODY: frozenset[str] = frozenset()


class Kind(Enum):
    """Why a request is in flight."""

    BATCH = "batch"
    PARKED = "parked"
    TEST = "test_event"


@dataclass(frozen=True, slots=True)
class Flight:
    """A request that has no answer yet."""

    kind: Kind
    events: Sequence[LogEvent]
    request: Request = field(repr=False)
    started_ms: int
    attempt: int

    @property
    def urls(self) -> frozenset[str]:
        """The URLs in it."""
        return frozenset(event.url for event in self.events)


class Lane:
    """A subscription in the hands of a pusher. Only what `settlement` says is stored.

    `pending` are the next events in order; everything up to `read_upto` has been read, and up to
    whatever the pusher has seen of the log while `at_tail`. `queue` holds the positions of
    coalesced events that are not read yet.
    """

    def __init__(self, held: LeasedSubscription) -> None:
        self.subscription = held.subscription
        self.fence = held.fence
        self.health = held.health
        self.parked: dict[str, Parked] = {each.url: each for each in held.parked}
        self.retries: list[tuple[int, str]] = []
        self.test_wanted = held.test_wanted
        self.pending: list[LogEvent] = []
        self.queue: list[int] = []
        self.flights: dict[int, Flight] = {}
        self.prepared: Prepared | None = None
        self.read_upto = held.cursor.position
        self.at_tail = False
        self.stride = 0
        self.snapshot_upto = held.cursor.snapshot_upto
        self.delivered = held.cursor.delivered
        self.reached = held.cursor.reached
        self.leaving = False
        self.is_disabled = False
        self.sleeps_until_ms: int | None = None
        self.bucket: rate_limit.Bucket | None = None
        self.dirty = False
        self.sent = 0
        self.answer: LastAnswer | None = None
        self.change = StateChange()
        self._left = frozenset(held.cursor.left_behind)
        self._left_upto = held.cursor.reached
        self.is_lost = False
        self._cursor, self._health = held.cursor, held.health
        self._lost_from: int | None = None
        self.schedule()

    @property
    def is_open(self) -> bool:
        """Whether events may be sent."""
        is_stopped = self.leaving or self.is_disabled or self.is_lost
        return self.subscription.state is State.ACTIVE and not is_stopped

    @property
    def is_choosy(self) -> bool:
        """Whether there are types of a topic that it doesn't want."""
        return any(topic_filter.type is not None for topic_filter in self.subscription.filters)

    @property
    def tries_out(self) -> bool:
        """Whether a test event is in flight."""
        return any(flight.kind is Kind.TEST for flight in self.flights.values())

    def attempt(self, kind: Kind, events: Sequence[LogEvent]) -> int:
        """The how manieth attempt this is."""
        if kind is Kind.PARKED:
            return self.parked[events[0].url].failures + 2  # it failed before it was parked
        return self.health.failures + 1 if kind is Kind.BATCH else 1

    def goes_on(self, held: LeasedSubscription) -> bool:
        """Whether a fence that has moved leaves the cursor to this lane: when only a back-off that
        it had stored was ended, as whoever subscribes again does."""
        return held.cursor == self._cursor and self._health.failures > 0

    def refresh(self, held: LeasedSubscription) -> None:
        """The subscription was changed, but nobody has moved its cursor.

        If the fence has moved all the same, a back-off was ended. What is in flight stays so, and
        its outcome is stored under the new fence.
        """
        if held.fence != self.fence:
            self.fence, self.health, self.is_lost = held.fence, held.health, False
        if held.subscription.filters != self.subscription.filters:
            filters = held.subscription.filters
            self.pending = [e for e in self.pending if e.type == RESYNC or _holds(filters, e)]
        self.subscription = held.subscription
        self.test_wanted = held.test_wanted
        self.bucket = None
        self.is_disabled = False

    def take(self, events: Iterable[LogEvent]) -> None:
        """These are the next events of the log, of the topics of this subscription."""
        events = self._wanted(events)
        if self.parked:
            events = self._without_parked(events)
        if self.subscription.coalesce:
            self.pending = joined(self.pending, events)
        else:
            self.pending += events

    def miss(self, resync: LogEvent, lost_from: int) -> None:
        """Events from there on are gone: this says so, and the cursor stays before them until it
        is settled."""
        self.pending.append(resync)
        self._lost_from = min(lost_from, self._lost_from or lost_from)

    def give_back(self, events: Sequence[LogEvent]) -> None:
        """These were in flight, and wait again."""
        if self.subscription.coalesce:
            self.pending = joined(sorted([*events, *self.pending]), ())
        else:
            self.pending = sorted([*events, *self.pending])

    def may_scan(self) -> bool:
        """Whether what comes next may be judged by topic and type alone."""
        filters = self.subscription.filters
        return all(one.until is None and one.after <= self.read_upto for one in filters)

    def end_scan(self, last: Mapping[Key, int], upto: int) -> None:
        """These are the last positions of the entities that have events up to `upto`."""
        self.pending = [
            event
            for event in self.pending
            if event.type == RESYNC or (event.topic, event.url, False) not in last
        ]
        self.queue = [position for position in survivors(last) if not self._was_settled(position)]
        self.read_upto = upto

    def forget_pending(self) -> None:
        """Read again when there is time; only when that costs little and changes nothing."""
        position = self.position(self.read_upto)
        is_plain = not self.subscription.coalesce and self._lost_from is None
        if is_plain and not self.flights and self.reached <= position:
            self.pending, self.read_upto, self.at_tail, self.stride = [], position, False, 0

    def leave_tail(self, seen: int) -> None:
        """What comes after `seen` is to be read by itself."""
        self.read_upto = self.upto(seen)
        self.at_tail = False

    def upto(self, seen: int) -> int:
        """Up to where the log has been read, when the pusher has seen so much of it."""
        return max(self.read_upto, seen) if self.at_tail else self.read_upto

    def busy(self) -> Collection[str]:
        """The URLs in flight."""
        if not self.flights:
            return _NOBODY
        return frozenset().union(*(flight.urls for flight in self.flights.values()))

    def settled(self, events: Sequence[LogEvent]) -> None:
        """These need nothing any more."""
        if events:
            self.reached = max(self.reached, events[-1].position)
        if self._lost_from is not None and any(event.type == RESYNC for event in events):
            self._lost_from = None

    def park(self, parked: Parked, events: Sequence[LogEvent]) -> None:
        """Put an entity aside, with these of its events and those that wait."""
        later = [event for event in self.pending if event.url == parked.url]
        self.pending = [event for event in self.pending if event.url != parked.url]
        self._put_aside(parked, [*events, *later])
        self.schedule()

    def redriven(self, url: str, events: int, now_ms: int) -> None:
        """So many dead letters of an entity are stored as parked again."""
        entity = self.parked.get(url) or Parked(url, 0, now_ms, 0, LastAnswer(None, None, now_ms))
        self.parked[url] = Parked(url, 0, now_ms, entity.events + events, entity.answer)
        self.schedule()

    def reschedule(self, parked: Parked) -> None:
        """A parked entity has changed."""
        self.change.park[parked.url] = self.parked[parked.url] = parked
        self.schedule()

    def unpark(self, url: str) -> None:
        """Nothing of this entity waits apart any more."""
        del self.parked[url]
        self.change.park[url] = None
        self.schedule()

    def schedule(self) -> None:
        """Look through the parked entities for those that may be tried."""
        flying = {url for f in self.flights.values() if f.kind is Kind.PARKED for url in f.urls}
        self.retries = [
            (each.retry_at_ms, each.url) for each in self.parked.values() if each.url not in flying
        ]

    def position(self, seen: int) -> int:
        """The cursor: everything up to it is settled."""
        firsts = [flight.events[0].position for flight in self._batches()]
        firsts += [event.position for event in self.pending[:1]] + self.queue[:1]
        if self._lost_from is not None:
            firsts.append(self._lost_from)
        return min(firsts, default=self.upto(seen) + 1) - 1

    def settlement(self, seen: int) -> Settlement:
        """What is to be stored now."""
        position = self.position(seen)
        cursor = Cursor(
            position=position,
            delivered=self.delivered,
            reached=max(self.reached, position),
            left_behind=tuple(self._unsettled()) if self.reached > position else (),
            snapshot_upto=self.snapshot_upto,
        )
        change = self.change if self.change != StateChange() else None
        return Settlement(
            self.subscription.id,
            self.fence,
            cursor,
            self.health,
            self.sent,
            self.answer,
            change,
        )

    def stored(self, settlement: Settlement) -> None:
        """That has been stored."""
        self._cursor, self._health = settlement.cursor, settlement.health
        self.dirty, self.sent, self.answer, self.change = False, 0, None, StateChange()

    def has_moved(self, seen: int) -> bool:
        """Whether the stored cursor is behind."""
        return self.position(seen) > self._cursor.position

    def _batches(self) -> list[Flight]:
        return [flight for flight in self.flights.values() if flight.kind is Kind.BATCH]

    def _unsettled(self) -> list[int]:
        """The positions up to `reached` that are not settled, in order."""
        flying = [event.position for flight in self._batches() for event in flight.events]
        waiting = [event.position for event in self.pending]
        unread = [position for position in self._left if position > self.read_upto]
        found = {*flying, *waiting, *self.queue, *unread}
        return sorted(position for position in found if position <= self.reached)

    def _wanted(self, events: Iterable[LogEvent]) -> list[LogEvent]:
        if self.read_upto < self._left_upto:
            events = [e for e in events if e.position > self._left_upto or e.position in self._left]
        filters = self.subscription.filters
        if len(filters) == 1 and filters[0].holds_all_after(self.read_upto):
            return list(events)
        return [event for event in events if _holds(filters, event)]

    def _without_parked(self, events: list[LogEvent]) -> list[LogEvent]:
        for url in {event.url for event in events} & self.parked.keys():
            self._put_aside(self.parked[url], [event for event in events if event.url == url])
        return [event for event in events if event.url not in self.parked]

    def _was_settled(self, position: int) -> bool:
        return position <= self._left_upto and position not in self._left

    def _put_aside(self, parked: Parked, events: Sequence[LogEvent]) -> None:
        more = Parked(
            parked.url,
            parked.failures,
            parked.retry_at_ms,
            parked.events + len(events),
            parked.answer,
        )
        self.change.park[parked.url] = self.parked[parked.url] = more
        self.change.park_events += events
        self.settled(events)
        self.dirty = True


def _holds(filters: Iterable[TopicFilter], event: LogEvent) -> bool:
    return any(topic_filter.holds(event) for topic_filter in filters)
