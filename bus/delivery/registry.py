"""The subscriptions that a pusher holds: as they come, change and go."""

from collections.abc import Iterable, Iterator

from bus.delivery.consumer import Consumer
from bus.delivery.lease import Lease
from bus.delivery.run_queue import RunQueue
from bus.delivery.terms import Terms
from bus.delivery.timeline import Timeline
from bus.log.event_log import ReadFence
from bus.model.delivery import LeasedSubscription
from bus.model.topic_filter import EVERY_TOPIC
from bus.storage import Storage

_FEW_TOPICS = 3


class ConsumerRegistry:
    """All consumers, as the store's registry was at one version of it.

    A subscription that was changed before an event must be seen changed when that event is
    handed out. So whoever reads asks afterwards whether what is here `is_current`: what was read
    before a look can't be newer than what the look shows.
    """

    def __init__(
        self,
        storage: Storage,
        lease: Lease,
        run_queue: RunQueue,
        terms: Terms,
        timeline: Timeline,
    ) -> None:
        self._store = storage.leases
        self._parked = storage.parked
        self._lease = lease
        self._run_queue = run_queue
        self._terms = terms
        self._timeline = timeline
        self._consumers: dict[int, Consumer] = {}
        self._by_topic: dict[str, list[Consumer]] = {}
        self._set_aside: set[int] = set()
        self._version = -1
        self.is_outdated = True

    def __len__(self) -> int:
        return len(self._consumers)

    def __iter__(self) -> Iterator[Consumer]:
        return iter(list(self._consumers.values()))

    def find(self, subscription_id: int) -> Consumer | None:
        """The consumer of a subscription, if it is held."""
        return self._consumers.get(subscription_id)

    def is_current(self, fence: ReadFence) -> bool:
        """Whether nothing has changed up to that look."""
        self.is_outdated = fence.registry_version != self._version
        return not self.is_outdated

    def doubt(self, consumer: Consumer) -> None:
        """Its fence has moved: look whether it is still held."""
        consumer.doubt()
        self.is_outdated = True

    def set_aside(self, consumer: Consumer) -> None:
        """Deliver nothing of it for now: something in it can't be understood."""
        self._set_aside.add(consumer.subscription.id)
        consumer.drop()
        del self._consumers[consumer.subscription.id]
        self._index()

    def take_again(self, subscription_id: int) -> None:
        """If it was set aside, begin with it as the store has it now."""
        if subscription_id in self._set_aside:
            self._set_aside.remove(subscription_id)
            self.is_outdated = True

    def follow(self) -> None:
        """See what has changed: take what is free, and hold what is ours as it is now."""
        version = self._store.registry_version()
        self._lease.claim()
        self.update(map(self._timeline.arriving, self._store.held(self._lease.name)))
        self._redrive()
        self._version, self.is_outdated = version, False

    def clear(self) -> None:
        """Hold nothing: this pusher begins anew."""
        self.update(())
        self.is_outdated = True

    def update(self, leased: Iterable[LeasedSubscription]) -> None:
        """Hold these and nothing else. What is in flight stays so, unless a cursor was moved."""
        before, found = dict(self._consumers), dict[int, Consumer]()
        for one in leased:
            consumer = before.get(one.subscription.id)
            if consumer is None or not consumer.goes_on(one):
                consumer = Consumer(one, self._terms)
            else:
                consumer.refresh(one)
                del before[one.subscription.id]
            found[one.subscription.id] = consumer
            self._run_queue.wake(one.subscription.id)
        self._consumers = found
        for consumer in before.values():
            consumer.drop()
        self._index()

    def claim(self) -> None:
        """Take of what is free; and whoever was to leave stays, in case nobody is there for it."""
        if self._lease.claim():
            self.is_outdated = True
        for consumer in self._consumers.values():
            if consumer.stay():
                self._run_queue.wake(consumer.subscription.id)

    def share(self) -> None:
        """Let go of what is more than a fair share: first of what has nothing in flight."""
        given = sorted(self, key=lambda one: one.in_flight)[: self._lease.too_many]
        for consumer in given:
            consumer.leave()
        idle = [one for one in given if not one.in_flight]
        if idle:
            self._lease.release([one.subscription.id for one in idle])
            for consumer in idle:
                consumer.drop()
                del self._consumers[consumer.subscription.id]
            self._index()

    def topics_at_tail(self) -> tuple[bool, frozenset[str] | None]:
        """Whether anybody follows the end of the log, and which topics (None: any) it is read
        for: one query for everything is cheaper than many."""
        if not any(one.backlog.at_tail for one in self._consumers.values()):
            return False, None
        few = len(self._by_topic) <= _FEW_TOPICS and EVERY_TOPIC not in self._by_topic
        return True, frozenset(self._by_topic) if few else None

    def at_tail_of(self, topics: Iterable[str]) -> list[Consumer]:
        """Whoever follows the end of the log and wants some of these topics."""
        found = {
            one.subscription.id: one
            for topic in (*topics, EVERY_TOPIC)
            for one in self._by_topic.get(topic, ())
            if one.backlog.at_tail
        }
        return list(found.values())

    def _redrive(self) -> None:
        now_ms = self._timeline.now_ms()
        stored_ms = self._timeline.stored_ms(now_ms)
        for subscription_id in self._parked.redrives():
            consumer = self.find(subscription_id)
            if consumer is not None:
                moved = self._parked.take_back(
                    consumer.subscription, self._lease.name, consumer.fence, stored_ms
                )
                for url, events in moved.items():
                    consumer.redriven(url, events, now_ms)

    def _index(self) -> None:
        self._by_topic = {}
        for consumer in self._consumers.values():
            for topic in {one.topic for one in consumer.subscription.filters}:
                self._by_topic.setdefault(topic, []).append(consumer)
