"""From the log to the consumers that are behind, one by one."""

from typing import Protocol

from service_kit.clock import Clock

from bus.delivery.backlog import LONGEST_STRIDE
from bus.delivery.batching import batch_limit
from bus.delivery.consumer import Consumer
from bus.delivery.log_cache import LogCache, Run
from bus.log.event_log import ReadFence
from bus.storage import Storage

_SCAN_AT_ONCE = 5_000
_SCAN_ENTITIES = 50_000


class Looker(Protocol):
    """Who knows of which version of the registry what is here is."""

    def is_current(self, fence: ReadFence, /) -> bool:
        """Whether nothing has changed up to that look."""


class Seen(Protocol):
    """How far the log was there when it was looked at, before it is read."""

    seen: int


class Fetcher:
    """Reads on for a consumer that isn't at the tail: its snapshot, its queue, or the log.

    Nothing is handed out before the registry is seen to be current, and a cursor doesn't pass
    events that were trimmed: both are looked up after each read.
    """

    def __init__(self, storage: Storage, registry: Looker, tail: Seen, now_ms: Clock) -> None:
        self._store = storage.leases
        self._snapshots = storage.snapshots
        self._entities = storage.entity_index
        self._log = LogCache(storage.log, storage.leases.read_fence)
        self._registry = registry
        self._tail = tail
        self._now_ms = now_ms

    def fill(self, consumer: Consumer) -> bool:
        """Read on, once; whether to be looked at again."""
        ahead = consumer.backlog
        if ahead.queue:
            return self._fill_from_queue(consumer)
        if ahead.scan is not None:
            return self._scan(consumer, after=ahead.scan.after)
        limit, of_snapshot = _limit(consumer), ahead.in_snapshot
        run = self._read(consumer, limit)
        if not self._registry.is_current(run.fence):
            return True
        self._check_start(consumer, run.fence)
        consumer.offer(run.events)
        upto = max([self._tail.seen, *(event.position for event in run.events[-1:])])
        if run.ended:
            ahead.read_all(upto, of_snapshot=of_snapshot)
            return of_snapshot
        ahead.read_some(run.events[-1].position, limit, of_snapshot=of_snapshot)
        return ahead.scan is not None

    def begin_anew(self) -> None:
        """The log may be in another life: forget what was read of it."""
        self._log.clear()

    def fill_ahead(self, consumer: Consumer) -> None:
        """Read what the batch after the one in flight is made of, if that is not at hand."""
        ahead = consumer.backlog
        is_short = len(ahead.events) < consumer.subscription.max_events and not ahead.at_tail
        if is_short and consumer.is_open and not consumer.health.is_bisecting:
            self.fill(consumer)

    def _read(self, consumer: Consumer, limit: int) -> Run:
        subscription, ahead = consumer.subscription, consumer.backlog
        if ahead.in_snapshot:
            events = self._snapshots.read_after(subscription.id, ahead.read_upto, limit)
            return Run(events, self._store.read_fence(), ended=len(events) < limit)
        topics = subscription.topics
        if topics is not None and not topics:
            return Run([], self._store.read_fence(), ended=True)
        least = batch_limit(subscription, consumer.health)
        return self._log.read(ahead.read_upto, topics, least=least, most=limit)

    def _check_start(self, consumer: Consumer, fence: ReadFence) -> None:
        """Tell the subscriber when the log begins after its cursor. docs/delivery.md D23."""
        first, last = consumer.backlog.read_upto + 1, fence.first_position - 1
        if first <= last:
            consumer.miss(first, last, self._now_ms())
            consumer.backlog.skip(last)

    def _scan(self, consumer: Consumer, *, after: int) -> bool:
        """Look through some more of a backlog that is coalesced before it is read."""
        found = self._entities.after(after, consumer.subscription.topics, _SCAN_AT_ONCE)
        fence = self._store.read_fence()
        if not self._registry.is_current(fence):
            return True
        if after + 1 < fence.first_position:
            consumer.backlog.scan_anew()
            return True
        return consumer.backlog.scanned(
            found, most=_SCAN_ENTITIES, ended=len(found) < _SCAN_AT_ONCE
        )

    def _fill_from_queue(self, consumer: Consumer) -> bool:
        limit = _limit(consumer)
        some = consumer.backlog.queue[:limit]
        events = self._entities.at(some)
        fence = self._store.read_fence()
        if not self._registry.is_current(fence):
            return True
        if some[0] < fence.first_position:
            consumer.miss(some[0], fence.first_position - 1, self._now_ms())
        consumer.backlog.read_queued(len(some))
        consumer.offer(events)
        return False


def _limit(consumer: Consumer) -> int:
    """How many events to read at once: more each time, while there are so many."""
    if consumer.health.skip_upto is not None:
        return LONGEST_STRIDE
    return max(batch_limit(consumer.subscription, consumer.health), consumer.backlog.stride)
