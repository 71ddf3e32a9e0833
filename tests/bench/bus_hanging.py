"""A thousand subscribers that hang until the deadline, and one that doesn't."""

from tests.bench.backlog import append
from tests.bench.bus_deliver import p99_of, waits_ms
from tests.bench.house import House, Subscriber, client_id, on_sqlite, receiver, subscribe
from tests.bench.measuring import Measurement, Turns, measures
from tests.bench.rows import Bar, Pair

_HANGING = 1_000
_AT_ONCE = {"first_ms": 100, "longest_ms": 100}
"""How those that hang are tried again: so they hang nearly always."""


@measures(Bar("publish to receipt beside 1 000 that hang, p99", "ms", 2, lower_is_better=True))
def hanging() -> Turns:
    """The p99 of the healthy one among the others, beside that in a house of its own."""
    with receiver() as peer, on_sqlite() as quiet, on_sqlite() as crowded:
        _furnish(quiet, peer, 0)
        _furnish(crowded, peer, _HANGING)
        with (
            quiet.web() as alone,
            quiet.pusher(),
            crowded.web() as among,
            crowded.pusher(),
        ):
            while True:
                yield (Pair(p99_of(waits_ms(among, peer)), p99_of(waits_ms(alone, peer))),)


MEASUREMENTS: list[Measurement] = [hanging]


def _furnish(house: House, peer: Subscriber, hanging: int) -> None:
    storage = house.storage()
    subscribe(storage, "healthy", peer.url, "bids")
    for number in range(hanging):
        subscribe(storage, f"hanging-{number}", f"{peer.url}/hang", "hang", retry=_AT_ONCE)
    append(storage, client_id(storage, "publisher"), "hang", 1)
    storage.close()
