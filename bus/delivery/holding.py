"""Which subscriptions are this pusher's: being alive, claiming, sharing, letting go."""

from collections.abc import Collection

from service_kit.clock import Clock
from service_kit.logs import get_logger

from bus.delivery.lease import (
    BEAT_EVERY_MS,
    LAPSES_AFTER_MS,
    Observation,
    fair_share,
    lapsed,
    observe,
)
from bus.delivery.process_lock import is_dead
from bus.storage.leases import Leases

log = get_logger(__name__)


class Lease:
    """A pusher's lease. It beats, and watches whether the others do, or are known to be dead."""

    def __init__(self, name: str, store: Leases, now_ms: Clock, steady_ms: Clock) -> None:
        self._name = name
        self._store = store
        self._now_ms = now_ms
        self._steady_ms = steady_ms
        self._others: dict[str, Observation] = {}
        self._joined = False
        self._until_ms = 0
        self.next_beat_ms = 0
        self.too_many = 0

    @property
    def is_valid(self) -> bool:
        """Whether this pusher may deliver."""
        return self._steady_ms() < self._until_ms

    def keep(self) -> bool:
        """Beat if it is time to; True when this pusher begins anew, holding nothing."""
        steady_ms = self._steady_ms()
        if steady_ms < self.next_beat_ms:
            return False
        is_new = self._beat(steady_ms)
        self.next_beat_ms = steady_ms + BEAT_EVERY_MS
        return is_new

    def claim(self) -> int:
        """Take of what nobody holds up to a fair share; returns how many.

        Whatever is held beyond that share is `too_many`: somebody else is there for it.
        """
        counts = self._store.counts(self._name)
        share = fair_share(counts.subscriptions, len(self._others))
        self.too_many = max(0, counts.mine - share)
        room = share - counts.mine
        return self._store.claim(self._name, room) if counts.free and room > 0 else 0

    def release(self, subscription_ids: Collection[int]) -> None:
        """Let go of some."""
        self._store.release(self._name, subscription_ids)
        self.too_many = 0

    def leave(self) -> None:
        """Let go of everything."""
        if self._joined:
            self._store.leave(self._name)

    def _beat(self, steady_ms: int) -> bool:
        now_ms = self._now_ms()
        is_new = not self._joined or not self._store.beat(self._name, now_ms)
        if is_new:
            self._store.join(self._name, now_ms)
            self._joined = True
        # Others give us up this long after the beat that they saw last, so stop well before.
        self._until_ms = steady_ms + LAPSES_AFTER_MS - BEAT_EVERY_MS
        alive = self._store.alive()
        self._others = observe(self._others, alive, steady_ms)
        gone = lapsed(self._others, alive, steady_ms=steady_ms, now_ms=now_ms) - {self._name}
        gone |= {name for name in alive if name != self._name and is_dead(name)}
        if gone:
            self._store.give_up(gone)
            self._others = {name: seen for name, seen in self._others.items() if name not in gone}
            log.warning("gave up pushers", pushers=",".join(sorted(gone)))
        return is_new
