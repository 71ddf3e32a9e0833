"""A log of five million events: nothing that is asked all day may cost more for it."""

from collections.abc import Callable
from statistics import median

from tests.bench.backlog import append
from tests.bench.bus_publish import bodies, publish_to
from tests.bench.house import TOKEN, House, client_id, on_sqlite, receiver, subscribe
from tests.bench.load import load
from tests.bench.rows import Row

# Ten per cent is less than the machine's own rate changes from one minute to the next: both
# houses stand beside each other, and are asked in short turns.
_TURNS = 9
_EVENTS = 5_000_000


def long_log() -> list[Row]:
    """Publish rate and the time of /metrics, beside a log that is empty."""
    rates: dict[str, list[float]] = {"empty": [], "long": []}
    metrics_ms: dict[str, list[float]] = {"empty": [], "long": []}
    with receiver() as peer, on_sqlite() as empty, on_sqlite() as long, bodies(1) as lines:
        _furnish(empty, peer.url, 0)
        _furnish(long, peer.url, _EVENTS)
        with empty.web() as quick_url, empty.pusher(), long.web() as long_url, long.pusher():
            urls = {"empty": quick_url, "long": long_url}
            for url in urls.values():
                publish_to(url, lines, seconds=1)  # warm
            for turn in range(_TURNS):
                for name in sorted(urls, reverse=turn % 2 == 1):  # neither is always the first
                    rates[name].append(publish_to(urls[name], lines, seconds=2).rate)
                    metrics_ms[name].append(_metrics_ms(urls[name]))
    rate, base = median(rates["long"]), median(rates["empty"])
    slow, quick = median(metrics_ms["long"]), median(metrics_ms["empty"])
    return [
        Row("publish, single, 5 000 000 events in the log", rate, "requests/s", base, 0.9 * base),
        Row("/metrics, 5 000 000 events", slow, "ms", quick, 1.1 * quick, lower_is_better=True),
    ]


MEASUREMENTS: list[Callable[[], list[Row]]] = [long_log]


def _furnish(house: House, callback: str, events: int) -> None:
    storage = house.storage()
    publisher = client_id(storage, "publisher")
    append(storage, publisher, "bids", events, entities=1_000)
    for number in range(10):
        subscribe(storage, f"subscriber-{number}", callback, "orders")
    storage.close()


def _metrics_ms(url: str) -> float:
    return load(f"{url}/metrics", token=TOKEN, connections=1, seconds=1).p50_ms
