"""Taking note of exchanges: at once in memory, once a second in the store."""

from collections.abc import Iterable

from service_kit.clock import Clock

from bus.delivery.records.attempt_counts import AttemptCounts
from bus.delivery.records.attempt_log import AttemptLog, Exchange
from bus.delivery.records.delivery_spans import record_delivery
from bus.delivery.records.history import HistoryCounts
from bus.delivery.records.latency import LatencyCounts
from bus.storage import Storage


class Recorder:
    """Keeps what is kept of exchanges: once the next ones are on their way."""

    def __init__(self, storage: Storage, *, now_ms: Clock, steady_ms: Clock) -> None:
        self.counts = AttemptCounts()
        self._attempts = AttemptLog(storage.attempts, now_ms, steady_ms)
        self._latency = LatencyCounts(storage.latencies, steady_ms)
        self._history = HistoryCounts(storage.history, now_ms, steady_ms)

    def record(self, exchanges: Iterable[Exchange]) -> None:
        """Take note of these, and store it all if that was not done within a second."""
        self._note(exchanges)
        self._attempts.flush_if_due()
        self._latency.flush_if_due()
        self._history.flush_if_due()

    def flush(self, exchanges: Iterable[Exchange]) -> None:
        """Take note of these, and store it all."""
        self._note(exchanges)
        self._attempts.flush()
        self._latency.flush()
        self._history.flush()

    def _note(self, exchanges: Iterable[Exchange]) -> None:
        for exchange in exchanges:
            self.counts.add(exchange)
            record_delivery(exchange)
            self._attempts.add(exchange)
            self._latency.add(exchange)
            self._history.add(exchange)
