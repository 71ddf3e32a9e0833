"""One clock for all machines that share a store: who claims and who counts a claim for lapsed must
not do so by clocks of their own."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from service_kit.clock import Clock, TrustedClock, now_ms, steady_ms
from service_kit.errors import StoreUnavailable

if TYPE_CHECKING:
    from sqlalchemy import Engine

_ASKED_EVERY_MS = 30_000


class StoreClock:
    """The time by a store: this machine's, with what that is off by, which is asked now and then.

    `ask` tells the store's time in ms, or raises StoreUnavailable: then what was known stays. A
    store whose clock jumps is not believed at once either.
    """

    def __init__(
        self, ask: Callable[[], int], *, now_ms: Clock = now_ms, steady_ms: Clock = steady_ms
    ) -> None:
        self._ask = ask
        self._now_ms = now_ms
        self._steady_ms = steady_ms
        self._off_ms = 0
        self._ask_at_ms = steady_ms()
        self._trusted: TrustedClock | None = None

    def __call__(self) -> int:
        if self._steady_ms() >= self._ask_at_ms:
            self._compare()
        return self._trusted() if self._trusted else self._now_ms()

    def _compare(self) -> None:
        self._ask_at_ms = self._steady_ms() + _ASKED_EVERY_MS  # first: one thread is enough
        before_ms = self._now_ms()
        try:
            said_ms = self._ask()
        except StoreUnavailable:
            return
        self._off_ms = said_ms - (before_ms + self._now_ms()) // 2
        if self._trusted is None:
            self._trusted = TrustedClock(self._by_store_ms, self._steady_ms)

    def _by_store_ms(self) -> int:
        return self._now_ms() + self._off_ms


def clock_of_database(engine: "Engine") -> Clock:
    """The clock of a database; that of this machine for one that is embedded."""
    from sqlalchemy import select  # who has the store in Redis has no SQLAlchemy

    from service_kit.database import clock_of, is_sqlite, read_once

    if is_sqlite(engine):
        return now_ms
    asked = select(clock_of(engine, now_ms))

    def ask() -> int:
        with read_once(engine) as connection:
            return int(connection.execute(asked).scalar_one())

    return StoreClock(ask)
