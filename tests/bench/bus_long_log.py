"""A log of a million events: nothing that is asked all day may cost more for it."""

from tests.bench.backlog import append
from tests.bench.bus_publish import bodies, publish_to
from tests.bench.house import TOKEN, House, client_id, on_sqlite, receiver, subscribe
from tests.bench.load import load
from tests.bench.measuring import TURN_S, Measurement, Turns, measures
from tests.bench.rows import Bar, Pair

_EVENTS = 1_000_000
_SAME = 1.2


@measures(
    Bar("publish, single, 1 000 000 events in the log", "requests/s", 0.9),
    Bar("/metrics, 1 000 000 events in the log", "ms", 1.1, lower_is_better=True),
    Bar("/events, 1 000 000 events in the log", "ms", _SAME, lower_is_better=True),
    Bar("/subscriptions, 1 000 000 events in the log", "ms", _SAME, lower_is_better=True),
)
def long_log() -> Turns:
    """Publishing, and what is asked, beside a log of a thousand."""
    with receiver() as peer, on_sqlite() as short, on_sqlite() as long, bodies(1) as lines:
        _furnish(short, peer.url, 1_000)
        _furnish(long, peer.url, _EVENTS)
        with short.web() as short_url, short.pusher(), long.web() as long_url, long.pusher():
            urls = (long_url, short_url)
            for url in urls:
                publish_to(url, lines)  # warm
            while True:
                yield (
                    Pair(*(publish_to(url, lines).rate for url in urls)),
                    *(
                        Pair(*(_ms(f"{url}{path}") for url in urls))
                        for path in ("/metrics", "/events?after=0", "/subscriptions")
                    ),
                )


MEASUREMENTS: list[Measurement] = [long_log]


def _furnish(house: House, callback: str, events: int) -> None:
    storage = house.storage()
    publisher = client_id(storage, "publisher")
    append(storage, publisher, "bids", events, entities=1_000)
    for number in range(10):
        subscribe(storage, f"subscriber-{number}", callback, "orders")
    storage.close()


def _ms(url: str) -> float:
    """Milliseconds that an answer takes, one after the other."""
    return load(url, token=TOKEN, connections=1, seconds=TURN_S).p50_ms
