"""What was delivered and what failed, by subscription: counted here, stored every ten seconds."""

from service_kit.clock import Clock

from bus.delivery.records.attempt_log import Exchange
from bus.model.history import DeliveryCounts
from bus.storage.history import History

_EVERY_MS = 10_000


class HistoryCounts:
    """Counts events that were taken, and attempts that failed. For one thread."""

    def __init__(self, store: History, now_ms: Clock, steady_ms: Clock) -> None:
        self._store = store
        self._now_ms = now_ms
        self._steady_ms = steady_ms
        self._next_ms = 0
        self._noted: dict[int, DeliveryCounts] = {}

    def add(self, exchange: Exchange) -> None:
        """Count an attempt, but for those that somebody asked for."""
        if exchange.is_asked:
            return
        ours = self._noted.setdefault(exchange.subscription.id, DeliveryCounts())
        if exchange.passed:
            ours.add(delivered=len(exchange.events) - exchange.refused)
        else:
            ours.add(failed=1)

    def flush_if_due(self) -> None:
        """Store what was counted, if that was not done within ten seconds."""
        if self._noted and self._steady_ms() >= self._next_ms:
            self.flush()

    def flush(self) -> None:
        """Store what was counted."""
        self._next_ms = self._steady_ms() + _EVERY_MS
        noted, self._noted = self._noted, {}
        if noted:
            self._store.add(noted, self._now_ms())
