"""Which attempts are written down, and when: all that fail, and of those that pass the newest."""

from service_kit.clock import Clock

from bus.delivery.records.attempt_log import Exchange
from bus.storage.attempts import Attempts

_EVERY_MS = 1_000
# A second of a busy subscription holds thousands; who looks wants the last ones.
_PASSED_KEPT = 2
_FAILED_KEPT = 20


class AttemptLog:
    """Collects attempts and stores them once a second: they are no part of what must survive."""

    def __init__(self, store: Attempts, now_ms: Clock, steady_ms: Clock) -> None:
        self._store = store
        self._now_ms = now_ms
        self._steady_ms = steady_ms
        self._next_ms = 0
        self._passed: dict[int, list[Exchange]] = {}
        self._failed: dict[int, list[Exchange]] = {}

    def write(self, exchange: Exchange) -> None:
        """Take note of an attempt."""
        passed = exchange.answer.acknowledged
        kept = self._passed if passed else self._failed
        ours = kept.setdefault(exchange.subscription.id, [])
        ours.append(exchange)
        del ours[: -(_PASSED_KEPT if passed else _FAILED_KEPT)]

    def flush_if_due(self) -> None:
        """Store what was noted, if that was not done within a second."""
        if (self._passed or self._failed) and self._steady_ms() >= self._next_ms:
            self.flush()

    def flush(self) -> None:
        """Store what was noted."""
        self._next_ms = self._steady_ms() + _EVERY_MS
        noted = [
            one for kept in (self._passed, self._failed) for ours in kept.values() for one in ours
        ]
        self._passed.clear()
        self._failed.clear()
        if noted:
            noted.sort(key=lambda one: one.at_ms)
            self._store.add([one.written() for one in noted], self._now_ms())
