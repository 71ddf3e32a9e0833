"""The subscriptions that a pusher holds, as it works on them: which has something to do, when."""

import heapq
from collections.abc import Collection, Iterable

from bus.deliver.planner import Send
from bus.model import Held, Progress


class Lane:
    """One subscription at work: what it is, how far it is, and the batch that is in flight."""

    def __init__(self, held: Held) -> None:
        self.held = held
        self.in_flight: Send | None = None
        self.sleeps_until_ms: int | None = None

    def advance(self, progress: Progress) -> None:
        """Go on from here."""
        self.held = Held(self.held.subscription, progress, self.held.fence)

    def pass_over(self, upto: int) -> None:
        """Nothing up to this position is ours."""
        progress = self.held.progress
        self.advance(Progress(upto, progress.delivered))


class Lanes:
    """All lanes. A lane is looked at when it has news, when its nap is over, or after a batch."""

    def __init__(self) -> None:
        self._lanes: dict[int, Lane] = {}
        self._by_topic: dict[str, set[int]] = {}
        self._awake: dict[int, None] = {}  # in order of waking, so that none is passed over
        self._naps: list[tuple[int, int]] = []

    def __len__(self) -> int:
        return len(self._lanes)

    def update(self, held: Iterable[Held]) -> None:
        """Hold these and nothing else. What is in flight stays so, unless the fence has moved."""
        lanes = {}
        for one in held:
            lane = self._lanes.get(one.subscription.id)
            if lane is None or lane.held.fence != one.fence:
                lane = Lane(one)
            else:
                lane.held = Held(one.subscription, lane.held.progress, one.fence)
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
        if self._lanes.get(lane.held.subscription.id) is lane:
            del self._lanes[lane.held.subscription.id]

    def tell(self, topics: Collection[str]) -> None:
        """These topics have news: wake the lanes that are subscribed to them."""
        for topic in topics:
            for subscription_id in self._by_topic.get(topic, ()):
                if (lane := self._lanes.get(subscription_id)) is not None:
                    self.wake(lane)

    def wake(self, lane: Lane) -> None:
        """Look at this lane in the next round."""
        self._awake[lane.held.subscription.id] = None

    def sleep(self, lane: Lane, until_ms: int) -> None:
        """Look at this lane again at `until_ms`, or when it has news."""
        if lane.sleeps_until_ms != until_ms:
            lane.sleeps_until_ms = until_ms
            heapq.heappush(self._naps, (until_ms, lane.held.subscription.id))

    def settled(self, lane: Lane, progress: Progress) -> None:
        """The batch in flight has its outcome; look at the lane again."""
        lane.in_flight = None
        lane.advance(progress)
        self.wake(lane)

    def due(self, now_ms: int) -> list[Lane]:
        """The lanes to look at now; each is looked at once. None of them has a batch in flight."""
        while self._naps and self._naps[0][0] <= now_ms:
            until_ms, subscription_id = heapq.heappop(self._naps)
            lane = self._lanes.get(subscription_id)
            if lane is not None and lane.sleeps_until_ms == until_ms:
                lane.sleeps_until_ms = None
                self.wake(lane)
        awake, self._awake = self._awake, {}
        found = (self._lanes.get(subscription_id) for subscription_id in awake)
        return [lane for lane in found if lane is not None and lane.in_flight is None]

    def next_due_ms(self) -> int | None:
        """When the next lane is to be looked at (0: now); None when nothing is known to come."""
        if self._awake:
            return 0
        return self._naps[0][0] if self._naps else None

    def _index(self) -> None:
        self._by_topic = {}
        for subscription_id, lane in self._lanes.items():
            for scope in lane.held.subscription.scopes:
                self._by_topic.setdefault(scope.topic, set()).add(subscription_id)
