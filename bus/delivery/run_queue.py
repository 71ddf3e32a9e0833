"""The subscriptions that a pusher holds: which has something to do, when."""

import heapq
from collections.abc import Iterable, Iterator, Sequence

from bus.delivery.consumer import Lane
from bus.model.delivery import LeasedSubscription
from bus.model.event import LogEvent
from bus.model.topic_filter import EVERY_TOPIC

# Beyond it a lane that is slow doesn't keep more in memory, but reads by itself when it can.
ROOM_EVENTS = 100
_FEW_TOPICS = 3
_AT_ONCE = 8


class Lanes:
    """All lanes. A lane is looked at when it has news, when its nap is over, or after a batch."""

    def __init__(self) -> None:
        self._lanes: dict[int, Lane] = {}
        self._by_topic: dict[str, list[Lane]] = {}
        self._awake: dict[int, None] = {}  # in order of waking, so that none is passed over
        self._naps: list[tuple[int, int]] = []

    def __len__(self) -> int:
        return len(self._lanes)

    def __iter__(self) -> Iterator[Lane]:
        return iter(list(self._lanes.values()))

    def find(self, subscription_id: int) -> Lane | None:
        """The lane of a subscription, if it is held."""
        return self._lanes.get(subscription_id)

    def holds(self, lane: Lane) -> bool:
        """Whether this very lane is still held."""
        return self._lanes.get(lane.subscription.id) is lane

    def update(self, held: Iterable[LeasedSubscription]) -> None:
        """Hold these and nothing else. What is in flight stays so, unless a cursor was moved."""
        lanes = {}
        for one in held:
            lane = self._lanes.get(one.subscription.id)
            if lane is None or (lane.fence != one.fence and not lane.goes_on(one)):
                lane = Lane(one)
            else:
                lane.refresh(one)
            lanes[one.subscription.id] = lane
        self._lanes = lanes
        self._index()
        for lane in lanes.values():
            self.wake(lane)

    def clear(self) -> None:
        """Hold nothing."""
        self.update(())

    def drop(self, lane: Lane) -> None:
        """Hold this one no longer; a lane that took its place stays."""
        if self.holds(lane):
            del self._lanes[lane.subscription.id]
            self._index()

    def topics_at_tail(self) -> tuple[bool, frozenset[str] | None]:
        """Whether any lane follows the end of the log, and which topics (None: any) it is read
        for: one query for everything is cheaper than many."""
        if not any(lane.at_tail for lane in self._lanes.values()):
            return False, None
        few = len(self._by_topic) <= _FEW_TOPICS and EVERY_TOPIC not in self._by_topic
        return True, frozenset(self._by_topic) if few else None

    def tell(self, events: Sequence[LogEvent], start: int, now_ms: int) -> None:
        """These are the events after `start`, where the lanes at the tail stand."""
        by_topic: dict[str, list[LogEvent]] = {}
        for event in events:
            by_topic.setdefault(event.topic, []).append(event)
        interested = {
            lane.subscription.id: lane
            for topic in (*by_topic, EVERY_TOPIC)
            for lane in self._by_topic.get(topic, ())
            if lane.at_tail
        }
        for lane in interested.values():
            if not lane.is_open or now_ms < lane.health.retry_at_ms or _is_full(lane):
                lane.leave_tail(start)
            else:
                _tell(lane, events, by_topic)
            self.wake(lane)

    def wake(self, lane: Lane) -> None:
        """Look at this lane in the next round."""
        self._awake[lane.subscription.id] = None

    def sleep(self, lane: Lane, until_ms: int) -> None:
        """Look at this lane again at `until_ms`, or when it has news."""
        if lane.sleeps_until_ms != until_ms:
            lane.sleeps_until_ms = until_ms
            heapq.heappush(self._naps, (until_ms, lane.subscription.id))

    def due(self, now_ms: int) -> list[Lane]:
        """The lanes to look at now; each is looked at once.

        Of very many only some, so that in between there is time for answers and news: half of
        them those that woke last, which a crowd that woke together doesn't delay, and half those
        that have waited longest.
        """
        while self._naps and self._naps[0][0] <= now_ms:
            until_ms, subscription_id = heapq.heappop(self._naps)
            lane = self._lanes.get(subscription_id)
            if lane is not None and lane.sleeps_until_ms == until_ms:
                lane.sleeps_until_ms = None
                self.wake(lane)
        found = (self._lanes.get(subscription_id) for subscription_id in self._some_awake())
        return [lane for lane in found if lane is not None]

    def next_due_ms(self) -> int | None:
        """When the next lane is to be looked at (0: now); None when nothing is known to come."""
        if self._awake:
            return 0
        return self._naps[0][0] if self._naps else None

    def _some_awake(self) -> Iterable[int]:
        if len(self._awake) <= _AT_ONCE:
            awake, self._awake = self._awake, {}
            return awake
        everyone = list(self._awake)
        half = _AT_ONCE // 2
        some = everyone[: -half - 1 : -1] + everyone[:half]
        for subscription_id in some:
            del self._awake[subscription_id]
        return some

    def _index(self) -> None:
        self._by_topic = {}
        for lane in self._lanes.values():
            for topic in {topic_filter.topic for topic_filter in lane.subscription.filters}:
                self._by_topic.setdefault(topic, []).append(lane)


def _is_full(lane: Lane) -> bool:
    return len(lane.pending) >= ROOM_EVENTS or bool(lane.queue)


def _tell(lane: Lane, events: Sequence[LogEvent], by_topic: dict[str, list[LogEvent]]) -> None:
    topics = lane.subscription.topics
    if topics is None:
        mine: Sequence[LogEvent] = events
    elif len(topics) == 1:
        mine = by_topic[next(iter(topics))]
    else:
        mine = sorted(event for topic in topics for event in by_topic.get(topic, ()))
    if mine and mine[0].position <= lane.read_upto:
        mine = [event for event in mine if event.position > lane.read_upto]
    lane.take(mine)
