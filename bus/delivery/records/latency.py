"""How long deliveries take: counted here, and added to what all pushers counted once a second."""

from collections.abc import Sequence

from service_kit.clock import Clock

from bus.delivery.records.attempt_log import Exchange
from bus.model.event import LogEvent
from bus.model.latency import DELIVERY, NAMES, PUBLISH_TO_DELIVERY, LatencyHistogram, bucket
from bus.storage.latency import Latencies

_EVERY_MS = 1_000


class LatencyCounts:
    """Counts attempts and the way of each event. For one thread."""

    def __init__(self, store: Latencies, steady_ms: Clock) -> None:
        self._store = store
        self._steady_ms = steady_ms
        self._next_ms = 0
        self._noted: dict[str, LatencyHistogram] = {}

    def add(self, exchange: Exchange) -> None:
        """Count an attempt, and its events if they were taken; not one that somebody asked for: its
        events had been kept waiting."""
        if exchange.is_asked:
            return
        if not self._noted:
            self._noted = {name: LatencyHistogram() for name in NAMES}
        self._noted[DELIVERY].note(exchange.duration_ms)
        if exchange.answer.acknowledged:
            ended_ms = exchange.at_ms + exchange.duration_ms
            _note_events(self._noted[PUBLISH_TO_DELIVERY], exchange.events, ended_ms)

    def flush_if_due(self) -> None:
        """Store what was counted, if that was not done within a second."""
        if self._noted and self._steady_ms() >= self._next_ms:
            self.flush()

    def flush(self) -> None:
        """Store what was counted."""
        self._next_ms = self._steady_ms() + _EVERY_MS
        noted, self._noted = self._noted, {}
        if noted:
            self._store.add(noted)


def _note_events(histogram: LatencyHistogram, events: Sequence[LogEvent], ended_ms: int) -> None:
    times = [event.published_at_ms for event in events]
    waits = max(0, ended_ms - max(times)), max(0, ended_ms - min(times))
    if bucket(waits[0]) == bucket(waits[1]):  # a batch of a backlog: all of it, without a loop
        sum_ms = max(0, ended_ms * len(times) - sum(times))
        histogram.note_alike(bucket(waits[0]), len(times), sum_ms)
        return
    for time_ms in times:
        histogram.note(max(0, ended_ms - time_ms))
