"""Writing outcomes down, those that come close together in one transaction."""

from collections.abc import Sequence

from service_kit.clock import Clock
from service_kit.logs import get_logger

from bus.delivery.consumer import Consumer
from bus.delivery.registry import ConsumerRegistry
from bus.delivery.tail import Tail
from bus.delivery.timeline import Timeline
from bus.model.delivery import Settlement
from bus.storage import Storage

log = get_logger(__name__)

_EVERY_MS = 20
_AT_LEAST_EVERY_MS = 200
_SHARE = 20
_NOTHING: frozenset[int] = frozenset()


class Settler:
    """Consumers whose settlements are to be stored.

    While there is other work one may wait for 20 ms, or for 200 where settling takes so long that
    it would keep others from the store.
    """

    def __init__(
        self,
        name: str,
        storage: Storage,
        registry: ConsumerRegistry,
        tail: Tail,
        *,
        timeline: Timeline,
        steady_ms: Clock,
    ) -> None:
        self._name = name
        self._store = storage.settlements
        self._registry = registry
        self._tail = tail
        self._timeline = timeline
        self._steady_ms = steady_ms
        self._changed: dict[Consumer, None] = {}
        self._next_ms = 0

    def add(self, consumer: Consumer) -> None:
        """Something about it is to be stored."""
        self._changed[consumer] = None

    def settle_if_due(self, *, is_busy: bool) -> None:
        """Store what has changed: at once when there is nothing else to do."""
        if self._changed and not (is_busy and self._steady_ms() < self._next_ms):
            self.settle()

    def settle(self) -> None:
        """Write all outcomes down in one transaction; kept and repeated when that fails."""
        begun_ms = self._steady_ms()
        consumers = [one for one in self._changed if one.is_held]
        settlements = [one.settlement(self._tail.seen) for one in consumers]
        lost = self._store_all(settlements) if settlements else _NOTHING
        self._changed.clear()
        for consumer, settlement in zip(consumers, settlements, strict=True):
            if settlement.subscription_id in lost:
                log.warning("fence moved", subscription=settlement.subscription_id)
                self._registry.doubt(consumer)
                self.add(consumer)
            else:
                consumer.settled(settlement)
        # At most a twentieth of the time: whoever publishes may be waiting for the same lock.
        ended_ms = self._steady_ms()
        pause_ms = max(_EVERY_MS, _SHARE * (ended_ms - begun_ms))
        self._next_ms = ended_ms + min(pause_ms, _AT_LEAST_EVERY_MS)

    def _store_all(self, settlements: Sequence[Settlement]) -> frozenset[int]:
        timeline = self._timeline
        now_ms = timeline.stored_ms(timeline.now_ms())
        if timeline.jumped_ms:
            settlements = [timeline.leaving(each) for each in settlements]
        return self._store.settle(self._name, settlements, now_ms)

    def wait_ms(self) -> int | None:
        """How long what has changed may still wait; None: nothing has."""
        return self._next_ms - self._steady_ms() if self._changed else None
