"""Following the end of the log: when to look, and who is told of what is new."""

from collections.abc import Sequence

from service_kit.clock import Clock

from bus.delivery.consumer import Consumer
from bus.delivery.registry import ConsumerRegistry
from bus.delivery.run_queue import RunQueue
from bus.delivery.wire.http_client import HttpClient
from bus.log.appended import Appended
from bus.log.event_log import ReadFence
from bus.model.event import LogEvent
from bus.model.topic_filter import EVERY_TOPIC
from bus.storage import Storage

# Beyond it whoever is slow doesn't keep more in memory, but reads by itself when it can.
ROOM_EVENTS = 100
TAIL_EVENTS = 1_000
_POLL_MS = 500
_STANDBY_POLL_MS = 100
_CATCH_UP_EVERY_MS = 30_000
_CATCH_UP_FILTERED_EVERY_MS = 1_000


class Tail:
    """Reads what is new once for all consumers that stand at the end of the log.

    It is looked for when the log notifies, or else twice a second; what a notification carries
    isn't read again. `seen` is how far it is read.
    """

    def __init__(
        self,
        storage: Storage,
        registry: ConsumerRegistry,
        run_queue: RunQueue,
        client: HttpClient,
        *,
        now_ms: Clock,
        steady_ms: Clock,
    ) -> None:
        self._log = storage.log
        self._store = storage.leases
        self._registry = registry
        self._run_queue = run_queue
        self._client = client
        self._now_ms = now_ms
        self._steady_ms = steady_ms
        self._listener = storage.log.listener()
        self._listening: int | None = None
        self._next_look_ms = 0
        self._next_catch_up_ms = 0
        self._next_filtered_ms = 0
        self.seen = 0
        self._is_notified = False
        self.has_heard = False
        """Whether the log has notified since the last look, be it of what is seen already."""
        self._told: list[Appended] = []

    def restart(self) -> None:
        """Begin at the end of the log: consumers look at what is before it by themselves."""
        self.seen = self._log.last_position()

    def look(self) -> list[Consumer]:
        """Hand out what is new, if it is time; returns whose cursor is to be stored."""
        steady_ms = self._steady_ms()
        self.has_heard = False
        if self.wait_ms() > 0:
            return []
        self._next_look_ms = steady_ms + self._poll_ms()
        if self._registry.is_outdated:
            self._follow()
        self._is_notified = self._read()
        if self._registry.is_outdated:
            self._follow()
            self._is_notified = self._read()
        return self._idle(steady_ms)

    def wait_ms(self) -> int:
        """How long to wait before the next look."""
        if self._is_notified or self._registry.is_outdated:
            return 0
        return self._next_look_ms - self._steady_ms()

    def stop(self) -> None:
        """Listen no longer."""
        if self._listening is not None:
            self._client.unwatch(self._listening)
            self._listener.close()
            self._listening = None

    def _follow(self) -> None:
        self._registry.follow()
        self._listen()

    def _listen(self) -> None:
        # The newest listener is notified: whoever holds subscriptions listens, a standby polls.
        if not self._registry:
            self.stop()
        elif self._listening is None:
            self._listening = self._listener.fileno()
            self._client.watch(self._listening, self._on_notify)

    def _on_notify(self) -> None:
        self.has_heard = True
        news = self._listener.take()
        if news is None:
            self._told.clear()
            self._is_notified = True
            return
        new = [one for one in news if one.upto > self.seen or not self._is_of_log(one)]
        self._told += new
        self._is_notified |= bool(new)

    def _poll_ms(self) -> int:
        # Who holds nothing doesn't listen, and should still see its first subscription.
        return _POLL_MS if self._registry else _STANDBY_POLL_MS

    def _read(self) -> bool:
        """Read what is new and hand it out; whether there may be more."""
        told, self._told = self._told, []
        somebody, topics = self._registry.topics_at_tail()
        if not somebody:
            end = self._log.last_position()
            if self._registry.is_current(self._store.read_fence()):
                self.seen = max(self.seen, end)
            return False
        events, fence = self._next_in(told) or self._log.read_fenced(self.seen, topics, TAIL_EVENTS)
        if not self._registry.is_current(fence):
            return False
        if events:
            self._hand_out(events)
            self.seen = events[-1].position
        if len(events) == TAIL_EVENTS:
            return True
        self.seen = max([self.seen, *(one.upto for one in told if self._is_of_log(one))])
        return False

    def _next_in(self, told: Sequence[Appended]) -> tuple[list[LogEvent], ReadFence] | None:
        """What notifications have told, if it is what comes next; None: it must be read."""
        events: list[LogEvent] = []
        for one in told:
            events += one.events
            is_next = events and events[0].position + len(events) - 1 == one.upto
            if not is_next or not self._is_of_log(one):
                return None
        if not events or events[0].position != self.seen + 1:
            return None
        return events, ReadFence(told[-1].registry_version, 0)

    def _is_of_log(self, one: Appended) -> bool:
        return one.identity == self._log.identity

    def _hand_out(self, events: Sequence[LogEvent]) -> None:
        """These are the events after what is seen, where the consumers at the tail stand."""
        now_ms = self._now_ms()
        by_topic: dict[str, list[LogEvent]] = {}
        for event in events:
            by_topic.setdefault(event.topic, []).append(event)
        for consumer in self._registry.at_tail_of(by_topic):
            if _has_room(consumer, now_ms):
                consumer.offer(_wanted(consumer, events, by_topic))
            else:
                consumer.backlog.leave_tail(self.seen)
            self._run_queue.wake(consumer.subscription.id)

    def _idle(self, steady_ms: int) -> list[Consumer]:
        """The idle, if it is time to store how far they are.

        Else events of others would one day look missed to them. Sooner for those that leave out
        some of a topic: until then that counts as their lag.
        """
        some: list[Consumer] = []
        if steady_ms >= self._next_catch_up_ms:
            self._next_catch_up_ms = steady_ms + _CATCH_UP_EVERY_MS
            self._catch_up()
            some = list(self._registry)
            for consumer in some:  # whoever should have been woken and was not, is now
                self._run_queue.wake(consumer.subscription.id)
        elif steady_ms >= self._next_filtered_ms:
            self._next_filtered_ms = steady_ms + _CATCH_UP_FILTERED_EVERY_MS
            if self._listening is not None and self._listener.is_lost():
                self.stop()
                self._listen()
            some = [one for one in self._registry if _is_choosy(one)]
        return [one for one in some if one.backlog.at_tail and one.has_moved(self.seen)]

    def _catch_up(self) -> None:
        """Know that nobody at the tail misses anything up to where the log ends now."""
        end = self._log.last_position()
        while self._read():
            pass
        if not self._registry.is_outdated:
            self.seen = max(self.seen, end)


def _is_choosy(consumer: Consumer) -> bool:
    filters = consumer.subscription.filters
    return any(one.is_choosy or one.topic == EVERY_TOPIC for one in filters)


def _has_room(consumer: Consumer, now_ms: int) -> bool:
    ahead = consumer.backlog
    is_full = len(ahead.events) >= ROOM_EVENTS or bool(ahead.queue)
    return consumer.is_open and now_ms >= consumer.health.retry_at_ms and not is_full


def _wanted(
    consumer: Consumer, events: Sequence[LogEvent], by_topic: dict[str, list[LogEvent]]
) -> Sequence[LogEvent]:
    topics, read_upto = consumer.subscription.topics, consumer.backlog.read_upto
    if topics is None:
        ours = events
    elif len(topics) == 1:
        ours = by_topic[next(iter(topics))]
    else:
        ours = sorted(event for topic in topics for event in by_topic.get(topic, ()))
    if ours and ours[0].position <= read_upto:
        ours = [event for event in ours if event.position > read_upto]
    return ours
