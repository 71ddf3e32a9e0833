"""Telling when a subscription is behind, and when it has caught up (docs/delivery.md D35)."""

from service_kit.clock import Clock

from bus.delivery.reporting import report_url
from bus.log.retention import first_where
from bus.model.delivery import Overview
from bus.model.report import News, Report
from bus.storage import Storage

_EVERY_S = 10.0
_SHARE = 20


class LagWatch:
    """Looks now and then. While nobody is behind it costs some twenty reads of the log's index.

    A look takes at most a twentieth of the time, however many are behind.
    """

    def __init__(
        self,
        storage: Storage,
        public_url: str | None,
        *,
        limit_ms: int,
        now_ms: Clock,
        steady_ms: Clock,
    ) -> None:
        self._log = storage.log
        self._store = storage.lagging
        self._url = report_url(public_url)
        self._limit_ms = limit_ms
        self._now_ms = now_ms
        self._steady_ms = steady_ms

    def run_once(self) -> float:
        """One look; returns the seconds until the next. A body for `run_loops`."""
        begun_ms = self._steady_ms()
        told, now_ms = self._store.told(), self._now_ms()
        found = [
            (one, self._news(one, is_told=one.subscription.id in told))
            for one in self._store.before(self._first_young(now_ms) - 1)
        ]
        some = [
            Report(one.subscription.id, url, news)
            for one, news in found
            if news is not None and (url := self._url(one.subscription)) is not None
        ]
        if some:
            self._store.tell(some, now_ms)
        return max(_EVERY_S, _SHARE * (self._steady_ms() - begun_ms) / 1000)

    def _news(self, one: Overview, *, is_told: bool) -> News | None:
        is_behind = one.lag.oldest_ms is not None and one.lag.oldest_ms >= self._limit_ms
        if is_behind == is_told:
            return None
        return News.BEHIND if is_behind else News.CAUGHT_UP

    def _first_young(self, now_ms: int) -> int:
        """The first position whose event may have waited for less: who is there is not behind."""
        first, last = self._log.first_position(), self._log.last_position()
        old_ms = now_ms - self._limit_ms
        return first_where(lambda at: at.published_at_ms > old_ms, self._log, first, last + 1)
