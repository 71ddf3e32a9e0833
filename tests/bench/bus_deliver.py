"""Delivering: from publish to receipt, draining a backlog, a thousand subscribers."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from statistics import median, quantiles

from bus.event_json import event_head
from bus.model import NewEvent, Publication
from bus.storage import Storage
from tests.bench.bare_http import bare_posts, paced_posts, paced_publishing
from tests.bench.bare_pump import bare_pump
from tests.bench.house import ENGINES, House, Subscriber, client_id, on_sqlite, receiver, subscribe
from tests.bench.processes import resident_mib
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
            _fill(house, peer, topics=_SUBSCRIBERS, events=20_000, max=1)
            peer.forget()
            ours.append(_rate_of_all(house, peer, 20_000))
    value, ceiling = median(ours), median(bare)
    return [
        Row("deliver, 1 000 subscribers, batches of 1", value, "POST/s", ceiling, 0.1 * ceiling)
    ]


def large_backlog() -> list[Row]:
    """A million events: as fast at the end as at the start, and in little memory."""
    with receiver() as peer, on_sqlite() as house:
        _fill(house, peer, topics=1, events=1_000_000, max=100)
        with house.pusher() as pid:
            wait_for(lambda: peer.stats()["events"] >= 1_000_000, seconds=300)
            memory = resident_mib(pid)
        stats = peer.stats()
    marks = [(0, stats["first_ns"]), *stats["marks"], (stats["events"], stats["last_ns"])]
    first, last = _rate_between(marks, 0, 100_000), _rate_between(marks, 900_000, 1_000_000)
    return [
        Row("backlog of 1 000 000, the last tenth", last, "events/s", first, 0.9 * first),
        Row("backlog of 1 000 000, pusher's memory", memory, "MiB", 0, 200, lower_is_better=True),
    ]


MEASUREMENTS: list[Callable[[], list[Row]]] = [
    receipts,
    drains,
    thousand_subscribers,
    large_backlog,
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
    p50, p99 = median(map(median, ours)), median(map(_p99, ours))
    name = f"publish to receipt, {engine}"
    yield Row(f"{name}, p50", p50, "ms", ceiling, 4 * ceiling, lower_is_better=True)
    yield Row(f"{name}, p99", p99, "ms", ceiling, 12 * ceiling, lower_is_better=True)


def _drain(engine: str) -> Row:
    ours, bare = [], []
    for _ in range(_ROUNDS):
        with receiver() as peer, ENGINES[engine]() as house:
            _fill(house, peer, topics=1, events=_BACKLOG, max=100)
            bare.append(bare_pump(house, peer.url, _BACKLOG))
            peer.forget()
            ours.append(_rate_of_all(house, peer, _BACKLOG))
    value, ceiling = median(ours), median(bare)
    return Row(f"draining a backlog, {engine}", value, "events/s", ceiling, 0.6 * ceiling)


def _fill(house: House, peer: Subscriber, *, topics: int, events: int, max: int) -> None:
    """A subscriber a topic, each of which gets its share of the events."""
    storage = house.storage()
    names = [_topic(number) for number in range(topics)]
    for name in names:
        subscribe(storage, f"subscriber-{name}", peer.url, name, max=max)
    publisher = client_id(storage, "publisher")
    for name in names:
        _append(storage, publisher, name, events // topics)
    storage.close()


def _append(storage: Storage, publisher: int, topic: str, events: int) -> None:
    url = "https://bids.example/bids/7"
    new = NewEvent("update", url, event_head(topic, "update", url, 1, None))
    for start in range(0, events, 1_000):
        storage.log.append([Publication(topic, publisher, [new] * min(1_000, events - start))])


def _topic(number: int) -> str:
    return "bids_" + "".join("abcdefghij"[int(digit)] for digit in f"{number:04}")


def _rate_of_all(house: House, peer: Subscriber, events: int) -> float:
    with house.pusher():
        wait_for(lambda: peer.stats()["events"] >= events, seconds=120)
    stats = peer.stats()
    return float(stats["events"] / ((stats["last_ns"] - stats["first_ns"]) / 1e9))


def _rate_between(marks: list[tuple[int, int]], start: int, end: int) -> float:
    """Events a second between two counts, from (count, nanosecond) marks."""
    inside = [mark for mark in marks if start <= mark[0] <= end]
    spent_s = sum(after[1] - before[1] for before, after in pairwise(inside)) / 1e9
    return (inside[-1][0] - inside[0][0]) / spent_s


def _p99(waits_ms: list[float]) -> float:
    return quantiles(waits_ms, n=100)[-1]
