"""A million events that wait: as fast at the end, in little memory, and few when coalesced."""

from tests.bench.backlog import FILLED, FILLED_TOPIC, fill, replaying
from tests.bench.house import on_sqlite, receiver, subscribe
from tests.bench.measuring import Measurement, Turns, measures
from tests.bench.processes import resident_mib
from tests.bench.rows import Bar, Pair

_EVENTS = 1_000_000
_TENTH = _EVENTS // 10
_ENTITIES = 1_000
_LIMIT_MIB = 200
_COALESCING = "coalescing"


@measures(
    Bar("backlog of 1 000 000, the last tenth", "events/s", 0.9),
    Bar("backlog of 1 000 000, memory of the pusher", "MiB", 1, lower_is_better=True),
    Bar("backlog of 1 000 000, coalesced to 1 000", "s", 1, lower_is_better=True),
)
def million() -> Turns:
    """Its last tenth beside its first; all of it coalesced, beside its first tenth."""
    with receiver() as peer, on_sqlite() as house:
        fill(house, peer, topics=1, events=_EVENTS, entities=_ENTITIES, max=100)
        storage = house.storage()
        subscribe(storage, _COALESCING, peer.url, FILLED_TOPIC, max=100, coalesce=True)
        storage.close()
        with replaying(house, peer) as replay:
            while True:
                first = replay.rate(FILLED, _TENTH)
                last = replay.rate(FILLED, _TENTH, after=_EVENTS - _TENTH)
                coalesced = replay.rate(_COALESCING, _ENTITIES)
                yield (
                    Pair(last, first),
                    Pair(resident_mib(replay.pusher), _LIMIT_MIB),
                    Pair(_ENTITIES / coalesced, _TENTH / first),
                )


MEASUREMENTS: list[Measurement] = [million]
