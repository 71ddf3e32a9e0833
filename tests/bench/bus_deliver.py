"""Delivering: from publish to receipt, draining a backlog, a thousand subscribers."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from statistics import median, quantiles

from tests.bench.backlog import FILLED, append_to_each, fill, rate_of_all, replaying
from tests.bench.bare_http import bare_posts, paced_posts, paced_publishing
from tests.bench.bare_pump import bare_pump
from tests.bench.house import ENGINES, House, Subscriber, client_id, on_sqlite, receiver, subscribe
from tests.bench.measuring import Measurement, Turns, measures, measures_each
from tests.bench.rows import Bar, Pair
from tests.waiting import wait_for

_BACKLOG = 100_000
_SUBSCRIBERS = 1_000
_EACH = 10
_RECEIPT = {"SQLite": (4, 10), "PostgreSQL": (6, 15)}
Engine = Callable[[], AbstractContextManager[House]]


def _bars_of_receipts(engine: str) -> tuple[Bar, Bar]:
    name, (usual, late) = f"publish to receipt, {engine}", _RECEIPT[engine]
    return (
        Bar(f"{name}, p50", "ms", usual, lower_is_better=True),
        Bar(f"{name}, p99", "ms", late, lower_is_better=True),
    )


@measures_each(ENGINES, _bars_of_receipts)
def receipts(engine: Engine) -> Turns:
    """Publish to receipt at 100 events a second, beside a bare POST paced alike."""
    with receiver() as peer, engine() as house:
        storage = house.storage()
        subscribe(storage, "subscriber", peer.url, "bids")
        storage.close()
        with house.web() as url, house.pusher():
            waits_ms(url, peer)  # warm
            while True:
                bare, ours = paced_posts(peer.url), waits_ms(url, peer)
                yield Pair(median(ours), median(bare)), Pair(p99_of(ours), p99_of(bare))


@measures_each(ENGINES, lambda engine: (Bar(f"draining a backlog, {engine}", "events/s", 0.7),))
def drains(engine: Engine) -> Turns:
    """A backlog in batches of 100 through one pusher, beside a loop that keeps no books."""
    with receiver() as peer, engine() as house:
        fill(house, peer, topics=1, events=_BACKLOG, max=100)
        with replaying(house, peer) as replay:
            while True:
                bare = bare_pump(house, peer.url, _BACKLOG)
                yield (Pair(replay.rate(FILLED, _BACKLOG), bare),)


@measures(Bar("deliver, 1 000 subscribers, batches of 1", "POST/s", 0.1))
def thousand_subscribers() -> Turns:
    """A thousand subscribers with a topic each and batches of 1, beside bare POSTs."""
    with receiver() as peer, on_sqlite() as house:
        fill(house, peer, topics=_SUBSCRIBERS, events=0, max=1)
        storage = house.storage()
        publisher = client_id(storage, "publisher")
        while True:
            append_to_each(storage, publisher, _SUBSCRIBERS, _EACH)
            bare = bare_posts(peer.url, at_once=_SUBSCRIBERS)
            peer.forget()
            yield (Pair(rate_of_all(house, peer, _SUBSCRIBERS * _EACH), bare),)


MEASUREMENTS: list[Measurement] = [*receipts, *drains, thousand_subscribers]


def waits_ms(url: str, peer: Subscriber) -> list[float]:
    """Milliseconds from publish to receipt of a paced turn."""
    peer.forget()
    sent = paced_publishing(f"{url}/topics/bids")
    wait_for(lambda: len(peer.stats()["waits_ms"]) >= sent)
    waits: list[float] = peer.stats()["waits_ms"]
    return waits


def p99_of(waits_ms: list[float]) -> float:
    """The 99th of a hundred."""
    return quantiles(waits_ms, n=100)[-1]
