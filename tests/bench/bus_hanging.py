"""A thousand subscribers that hang until the deadline, and one that doesn't."""

from collections.abc import Callable
from statistics import median

from tests.bench.backlog import append
from tests.bench.bare_http import paced_publishing
from tests.bench.bus_deliver import p99_of
from tests.bench.house import Subscriber, client_id, on_sqlite, receiver, subscribe
from tests.bench.rows import Row
from tests.waiting import wait_for

_ROUNDS = 3
_HANGING = 1_000


def hanging() -> list[Row]:
    """The p99 of the healthy one, alone and among the others."""
    alone, among = [], []
    for _ in range(_ROUNDS):
        with receiver() as peer, on_sqlite() as house:
            storage = house.storage()
            subscribe(storage, "healthy", peer.url, "bids")
            for number in range(_HANGING):
                subscribe(storage, f"hanging-{number}", f"{peer.url}/hang", "hang")
            with house.web() as url, house.pusher():
                alone.append(_p99(url, peer))
                append(storage, client_id(storage, "publisher"), "hang", 1)
                storage.log.notify()
                among.append(_p99(url, peer))
            storage.close()
    value, ceiling = median(among), median(alone)
    name = "publish to receipt beside 1 000 that hang, p99"
    return [Row(name, value, "ms", ceiling, 2 * ceiling, lower_is_better=True)]


MEASUREMENTS: list[Callable[[], list[Row]]] = [hanging]


def _p99(url: str, peer: Subscriber) -> float:
    peer.forget()
    sent = paced_publishing(f"{url}/topics/bids")
    wait_for(lambda: len(peer.stats()["waits_ms"]) >= sent)
    return p99_of(peer.stats()["waits_ms"])
