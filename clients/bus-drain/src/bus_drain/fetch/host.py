"""One host with one credential: its connections, its cache, its circuit breaker."""

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta

from service_kit.clock import steady_ms
from service_kit.compat.absent import absent
from service_kit.errors import HttpFailure
from service_kit.http import Answer, HttpClient

from bus_drain.fetch.cache import CallCache
from bus_drain.fetch.errors import CircuitOpen, Unavailable, translated

with absent("redis"):  # where breakers could be kept; ours are each process's own, and it is large
    from pybreaker import (
        STATE_CLOSED,
        CircuitBreaker,
        CircuitBreakerError,
        CircuitMemoryStorage,
    )

_log = logging.getLogger(__name__)

FAILURES_IN_A_ROW = 5


class Host:
    """Asks one host, unless it has failed `FAILURES_IN_A_ROW` times: then not for
    `left_alone_s` seconds, after which one call decides; others are refused until it has."""

    def __init__(
        self, origin: str, http: HttpClient, cache: CallCache | None, *, left_alone_s: float
    ) -> None:
        self._origin = origin
        self._http = http
        self._cache = cache
        self._breaker = CircuitBreaker(
            fail_max=FAILURES_IN_A_ROW,
            reset_timeout=left_alone_s,
            state_storage=_SteadyMemory(STATE_CLOSED),
            exclude=[_is_an_answer],
            throw_new_error_on_trip=False,
        )
        self._probe = threading.Lock()

    def get(self, url: str, headers: Mapping[str, str], total_s: float) -> Answer:
        """One GET. Raises FetchError."""
        with self._guarded(), self._cached(url):
            try:
                return self._http.get(url, headers=headers, total_s=total_s)
            except HttpFailure as error:
                raise translated(error) from error

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        # calling(), because call() holds the breaker's lock until the answer is there: calls of
        # one host would queue.
        try:
            with self._alone_unless_well(), self._breaker.calling():
                yield
        except CircuitBreakerError as error:
            raise CircuitOpen(f"{self._origin} is left alone for a while") from error

    @contextmanager
    def _alone_unless_well(self) -> Iterator[None]:
        # The breaker itself would let everybody through while its one probe is under way.
        if self._breaker.current_state == STATE_CLOSED:
            yield
        elif self._probe.acquire(blocking=False):
            try:
                yield
            finally:
                self._probe.release()
        else:
            raise CircuitBreakerError("somebody is asking already")

    def _cached(self, url: str) -> AbstractContextManager[None]:
        return self._cache.during(url) if self._cache else nullcontext()


class _SteadyMemory(CircuitMemoryStorage):
    """The breaker's memory, in which a circuit was opened as long ago as a steady clock says: the
    breaker asks the wall clock, which may be set, and a host would be left alone until then."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self._opened_ms: int | None = None

    @property
    def opened_at(self) -> datetime | None:
        """When the circuit was opened, by the wall clock as it is now."""
        if self._opened_ms is None:
            return None
        return datetime.now(UTC) - timedelta(milliseconds=steady_ms() - self._opened_ms)

    @opened_at.setter
    def opened_at(self, _now: datetime) -> None:
        self._opened_ms = steady_ms()


def _is_an_answer(error: BaseException) -> bool:
    """Whether the host is well: it answered, if not what we wanted."""
    return not isinstance(error, Unavailable)
