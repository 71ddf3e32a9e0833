"""Which subscriptions are this pusher's: being alive, claiming, sharing, letting go.

When another counts as dead follows docs/delivery.md D22.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from service_kit.clock import Clock
from service_kit.logs import get_logger

from bus.delivery.process_lock import is_dead
from bus.storage.leases import Leases, PusherBeat

log = get_logger(__name__)

BEAT_EVERY_MS = 2_000
LAPSES_AFTER_MS = 6_000
_STOPS_AFTER_MS = LAPSES_AFTER_MS - BEAT_EVERY_MS
_OLD_MS = 60_000


@dataclass(frozen=True, slots=True)
class Observation:
    """A beat of another pusher, and when we first saw it, by our own steady clock.

    `age_ms`: how old it was then by the store's clock, if we had not known that pusher before.
    """

    beat: int
    first_seen_ms: int
    age_ms: int = 0


def observe(
    before: Mapping[str, Observation], alive: Mapping[str, PusherBeat], steady_ms: int
) -> dict[str, Observation]:
    """What we know of the others now: an observation ages while its beat doesn't move."""
    return {
        pusher: before[pusher]
        if pusher in before and before[pusher].beat == seen.beat
        else Observation(seen.beat, steady_ms, 0 if pusher in before else seen.age_ms)
        for pusher, seen in alive.items()
    }


def watch_anew(before: Mapping[str, Observation], steady_ms: int) -> dict[str, Observation]:
    """What we know of the others when we could not look for a while: nor could they show
    themselves, while the store was away. So nothing ages meanwhile."""
    return {name: Observation(seen.beat, steady_ms) for name, seen in before.items()}


def lapsed(observed: Mapping[str, Observation], steady_ms: int) -> frozenset[str]:
    """The pushers that are given up.

    | the beat                                                      | given up |
    |---------------------------------------------------------------|----------|
    | moved within 6 s, by our own steady clock                     | no       |
    | has not moved for 6 s while we watched, at least every 4 s    | yes      |
    | was a minute old when we first saw it, by the store's clock   | yes      |

    Clocks may be set, so one only counts for whom we have not watched yet, and beyond a minute; a
    wrong guess costs a repeated delivery, never a lost one, because the fence moves.
    """
    return frozenset(
        pusher
        for pusher, seen in observed.items()
        if steady_ms - seen.first_seen_ms >= LAPSES_AFTER_MS or seen.age_ms >= _OLD_MS
    )


def fair_share(subscriptions: int, pushers: int) -> int:
    """The most that one of several live pushers holds.

    | subscriptions | 0 | 1 | 4 | 5 | 5 |
    |---------------|---|---|---|---|---|
    | pushers       | 2 | 2 | 2 | 2 | 1 |
    | share         | 0 | 1 | 2 | 3 | 5 |
    """
    return -(-subscriptions // max(1, pushers))


class Lease:
    """A pusher's lease. It beats, and watches whether the others do, or are known to be dead."""

    def __init__(self, name: str, store: Leases, steady_ms: Clock) -> None:
        self.name = name
        self._store = store
        self._steady_ms = steady_ms
        self._others: dict[str, Observation] = {}
        self._joined = False
        self._looked_ms = 0
        self._until_ms = 0
        self._next_beat_ms = 0
        self.too_many = 0

    @property
    def is_valid(self) -> bool:
        """Whether this pusher may deliver."""
        return self._steady_ms() < self._until_ms

    @property
    def wait_ms(self) -> int:
        """How long until the next beat is due."""
        return self._next_beat_ms - self._steady_ms()

    def beat(self) -> bool:
        """Show that this pusher is alive; True when it begins anew, holding nothing."""
        steady_ms = self._steady_ms()
        is_new = self._beat(steady_ms)
        self._next_beat_ms = steady_ms + BEAT_EVERY_MS
        return is_new

    def claim(self) -> int:
        """Take of what nobody holds up to a fair share; returns how many.

        Whatever is held beyond that share is `too_many`: somebody else is there for it.
        """
        counts = self._store.counts(self.name)
        share = fair_share(counts.subscriptions, len(self._others))
        self.too_many = max(0, counts.mine - share)
        room = share - counts.mine
        return self._store.claim(self.name, room) if counts.free and room > 0 else 0

    def release(self, subscription_ids: Collection[int]) -> None:
        """Let go of some."""
        self._store.release(self.name, subscription_ids)
        self.too_many = 0

    def leave(self) -> None:
        """Let go of everything."""
        if self._joined:
            self._store.leave(self.name)

    def _beat(self, steady_ms: int) -> bool:
        is_new = not self._joined or not self._store.beat(self.name)
        if is_new:
            self._store.join(self.name)
            self._joined = True
        # Others give us up this long after the beat that they saw last, so stop well before.
        self._until_ms = steady_ms + _STOPS_AFTER_MS
        alive = self._store.alive()
        if steady_ms - self._looked_ms > _STOPS_AFTER_MS:
            self._others = watch_anew(self._others, steady_ms)
        self._others = observe(self._others, alive, steady_ms)
        self._looked_ms = steady_ms
        gone = lapsed(self._others, steady_ms) - {self.name}
        gone |= {name for name in alive if name != self.name and is_dead(name)}
        if gone:
            self._store.give_up(gone)
            self._others = {name: seen for name, seen in self._others.items() if name not in gone}
            log.warning("gave up pushers", pushers=",".join(sorted(gone)))
        return is_new
