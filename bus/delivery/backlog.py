"""Events that are read ahead of their delivery, and how far the log is read."""

from collections.abc import Collection, Iterable, Sequence

from bus.model.coalescing import EntityPosition, Scan, joined, survivors
from bus.model.delivery import Cursor
from bus.model.event import RESYNC, LogEvent
from bus.model.subscription import Subscription
from bus.model.topic import SYSTEM_TOPIC
from bus.model.topic_filter import EVERY_TOPIC

LONGEST_STRIDE = 1_000


class Backlog:
    """The next events of a subscription, in order.

    Everything up to `read_upto` has been read, and up to whatever is seen of the log while
    `at_tail`. `queue` holds the positions of coalesced events that are not read yet. While there
    is a `scan`, the log ahead is being looked through for these.
    """

    def __init__(self, stored: Cursor, subscription: Subscription) -> None:
        self.events: list[LogEvent] = []
        self.queue: list[int] = []
        self.scan: Scan | None = None
        self.read_upto = stored.position
        self.snapshot_upto = stored.snapshot_upto
        self.at_tail = False
        self.stride = 0
        self.left_behind = frozenset(stored.left_behind)  # of what was settled up to:
        self._settled_upto = stored.reached
        self._left_out: frozenset[int] = frozenset()
        self._first_seen = 0, 0  # the position of the next event, and when it became that
        self._filters, self._coalesces = subscription.filters, subscription.coalesce

    @property
    def has_more(self) -> bool:
        """Whether anything is known, or may be, to be ahead."""
        return bool(self.events) or not self.at_tail

    @property
    def is_all(self) -> bool:
        """Whether nothing is left to be read."""
        return self.at_tail and not self.queue

    @property
    def in_snapshot(self) -> bool:
        """Whether the events of a snapshot are to be read, not those of the log."""
        return self.read_upto < self.snapshot_upto

    def first_seen_ms(self, now_ms: int) -> int:
        """Since when the next event is the next; now, if it was not when this was asked last."""
        first = self.events[0].position if self.events else 0
        if first != self._first_seen[0]:
            self._first_seen = first, now_ms
        return self._first_seen[1]

    def positions(self) -> list[int]:
        """Where all stands that is known to wait."""
        unread = [one for one in self.left_behind if one > self.read_upto]
        return [*self.queue, *unread, *(event.position for event in self.events)]

    def refilter(self, subscription: Subscription) -> None:
        """The subscription was changed: keep what is wanted, and what the bus itself tells."""
        self._coalesces = subscription.coalesce
        if subscription.filters != self._filters:
            self._filters = subscription.filters
            self.events = [e for e in self.events if e.type == RESYNC or self._is_wanted(e)]

    def leave_out(self, positions: frozenset[int]) -> None:
        """Somebody has these already, be it what the bus tells."""
        self._left_out = positions
        self.events = [event for event in self.events if event.position not in positions]

    # --- what is taken and given back ----------------------------------------------------------

    def take(self, rest: list[LogEvent]) -> None:
        """A batch is taken: this still waits."""
        self.events = rest

    def give_back(self, events: Sequence[LogEvent]) -> None:
        """These were taken, and wait again."""
        waiting = sorted([*events, *self.events])
        self.events = joined(waiting, ()) if self._coalesces else waiting

    def divert(self, urls: Collection[str]) -> list[LogEvent]:
        """Take out what waits for these URLs."""
        diverted = [event for event in self.events if event.url in urls]
        self.events = [event for event in self.events if event.url not in urls]
        return diverted

    # --- what is read --------------------------------------------------------------------------

    def wanted(self, events: Iterable[LogEvent]) -> list[LogEvent]:
        """Those of the next events that belong to the subscription and were not settled before."""
        if self.read_upto < self._settled_upto or self._left_out:
            events = [e for e in events if not self._was_settled(e.position)]
        if len(self._filters) == 1 and self._filters[0].holds_all_after(self.read_upto):
            if self._filters[0].topic == EVERY_TOPIC:
                return [event for event in events if event.topic != SYSTEM_TOPIC]
            return list(events)
        return [event for event in events if self._is_wanted(event)]

    def offer(self, events: Sequence[LogEvent]) -> None:
        """These wanted events come next."""
        if self._coalesces:
            self.events = joined(self.events, events)
        else:
            self.events += events

    def tell(self, event: LogEvent) -> None:
        """The bus itself has this to tell, before what comes next."""
        self.events.append(event)

    def read_some(self, upto: int, limit: int, *, of_snapshot: bool) -> None:
        """As many as were asked for are read, up to there: ask for more the next time."""
        self.read_upto = upto
        self.stride = min(max(self.stride, limit) * 2, LONGEST_STRIDE)
        is_judged_by_topic = all(one.until is None and one.after <= upto for one in self._filters)
        if self._coalesces and not of_snapshot and is_judged_by_topic:
            self.scan = Scan(upto)

    def read_all(self, upto: int, *, of_snapshot: bool) -> None:
        """All there is of the snapshot is read, or of the log, up to there."""
        if of_snapshot:
            self.read_upto = max(self.read_upto, self.snapshot_upto)
        else:
            self.read_upto, self.at_tail = max(self.read_upto, upto), True

    def read_queued(self, count: int) -> None:
        """The first of the queue are read."""
        del self.queue[:count]

    def skip(self, upto: int) -> None:
        """There is nothing to read up to there."""
        self.read_upto = upto

    def leave_tail(self, seen: int) -> None:
        """What comes after `seen` is to be read by itself."""
        self.read_upto, self.at_tail = max(self.read_upto, seen), False

    def restart(self, position: int) -> None:
        """Forget what is read after a position: read it again when there is time."""
        self.events, self.queue, self.scan = [], [], None
        self.read_upto, self.at_tail, self.stride = position, False, 0

    # --- a log that is looked through before it is read, to coalesce it ------------------------

    def scanned(self, found: Sequence[EntityPosition], *, most: int, ended: bool) -> bool:
        """These are the next entities, and where they were last told about.

        It is over when there are no more, or `most` already. The backlog stays where it is until
        then: what is only known here is not settled. Whether there is more to be read at once.
        """
        assert self.scan is not None
        self.scan.add(self._filters, found)
        last, upto = self.scan.last, self.scan.after
        if not ended and len(last) < most:
            return True
        self.events = [
            event
            for event in self.events
            if event.type == RESYNC or (event.topic, event.url, False) not in last
        ]
        self.queue = [one for one in survivors(last) if not self._was_settled(one)]
        self.read_upto, self.scan = upto, None
        return not self.events

    def scan_anew(self) -> None:
        """Some of it was trimmed meanwhile."""
        self.scan = None

    def _is_wanted(self, event: LogEvent) -> bool:
        return any(one.holds(event) for one in self._filters)

    def _was_settled(self, position: int) -> bool:
        """Whether an event was settled before the subscription was taken over, or is left out."""
        is_before = position <= self._settled_upto and position not in self.left_behind
        return is_before or position in self._left_out
