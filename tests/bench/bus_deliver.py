"""Delivering: from publish to receipt, draining a backlog, a thousand subscribers."""

from collections.abc import Callable, Iterator
from statistics import median, quantiles

from tests.bench.backlog import fill, rate_of_all
from tests.bench.bare_http import bare_posts, paced_posts, paced_publishing
from tests.bench.bare_pump import bare_pump
from tests.bench.house import ENGINES, on_sqlite, receiver, subscribe
from tests.bench.rows import Row
from tests.waiting import wait_for

_ROUNDS = 3
_BACKLOG = 200_000
_SUBSCRIBERS = 1_000


def receipts() -> list[Row]:
    """Publish to receipt at 100 events a second, beside a bare POST paced alike."""
    return [row for engine in ENGINES for row in _receipts(engine)]


def drains() -> list[Row]:
    """A backlog in batches of 100 through one pusher, beside a loop that keeps no books."""
    return [_drain(engine) for engine in ENGINES]


def thousand_subscribers() -> list[Row]:
    """A thousand subscribers with a topic each and batches of 1, beside bare POSTs."""
    ours, bare = [], []
    for _ in range(_ROUNDS):
        with receiver() as peer, on_sqlite() as house:
            bare.append(bare_posts(peer.url, at_once=_SUBSCRIBERS))
            fill(house, peer, topics=_SUBSCRIBERS, events=20_000, max=1)
            peer.forget()
            ours.append(rate_of_all(house, peer, 20_000))
    value, ceiling = median(ours), median(bare)
    return [
        Row("deliver, 1 000 subscribers, batches of 1", value, "POST/s", ceiling, 0.1 * ceiling)
    ]


MEASUREMENTS: list[Callable[[], list[Row]]] = [
    receipts,
    drains,
    thousand_subscribers,
]


def _receipts(engine: str) -> Iterator[Row]:
    ours, bare = [], []
    with receiver() as peer, ENGINES[engine]() as house:
        storage = house.storage()
        subscribe(storage, "subscriber", peer.url, "bids")
        storage.close()
        with house.web() as url, house.pusher():
            for _ in range(_ROUNDS):
                bare.append(paced_posts(peer.url))
                peer.forget()
                sent = paced_publishing(f"{url}/topics/bids")
                wait_for(lambda: len(peer.stats()["waits_ms"]) >= sent)  # noqa: B023 - called now
                ours.append(peer.stats()["waits_ms"])
    ceiling = median(map(median, bare))
    usual, late = median(map(median, ours)), median(map(p99_of, ours))
    name = f"publish to receipt, {engine}"
    yield Row(f"{name}, p50", usual, "ms", ceiling, 4 * ceiling, lower_is_better=True)
    yield Row(f"{name}, p99", late, "ms", ceiling, 12 * ceiling, lower_is_better=True)


def _drain(engine: str) -> Row:
    ours, bare = [], []
    for _ in range(_ROUNDS):
        with receiver() as peer, ENGINES[engine]() as house:
            fill(house, peer, topics=1, events=_BACKLOG, max=100)
            bare.append(bare_pump(house, peer.url, _BACKLOG))
            peer.forget()
            ours.append(rate_of_all(house, peer, _BACKLOG))
    value, ceiling = median(ours), median(bare)
    return Row(f"draining a backlog, {engine}", value, "events/s", ceiling, 0.6 * ceiling)


def p99_of(waits_ms: list[float]) -> float:
    return quantiles(waits_ms, n=100)[-1]
