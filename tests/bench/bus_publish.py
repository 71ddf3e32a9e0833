"""Publishing: single events, arrays, with many subscriptions, on a slow disk."""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from tests.bench.house import ENGINES, TOKEN, House, on_sqlite, receiver, subscribe
from tests.bench.load import Load, load
from tests.bench.processes import empty_view
from tests.bench.raw_append import raw_append
from tests.bench.rows import Row
from tests.bench.slow_disk import slow_disk

_ROUNDS = 3
_ARRAY = 100


def single_events() -> list[Row]:
    """One event a request at 64 connections, beside an empty Flask view."""
    ours, views = [], []
    for _ in range(_ROUNDS):  # by turns, so that both have the same neighbours on the machine
        with empty_view() as url:
            views.append(load(url))
        with on_sqlite() as house:
            ours.append(publish(house))
    return [
        _at_least("publish, single, 64 connections", ours, views, 1.5),
        _p99_at_most("publish, single, p99", ours, views, 2),
    ]


def many_subscriptions() -> list[Row]:
    """The same while 100 subscriptions on the topic are being served."""
    alone, crowded = [], []
    with receiver() as peer:
        for _ in range(_ROUNDS):
            with on_sqlite() as house:
                alone.append(publish(house))
            with on_sqlite() as house:
                storage = house.storage()
                for number in range(100):
                    subscribe(storage, f"subscriber-{number}", peer.url, "bids")
                storage.close()
                crowded.append(publish(house))
    return [_at_least("publish, single, 100 subscriptions", crowded, alone, 0.9)]


def arrays() -> list[Row]:
    """Arrays of 100 beside the database's own driver committing the same events."""
    return [
        _arrays("SQLite", 0.35, "commits of 100"),
        _arrays("PostgreSQL", 0.6, "executemany of 100"),
    ]


def slow_disks() -> list[Row]:
    """Single events when every fsync takes a millisecond more."""
    quick, slow = [], []
    with slow_disk() as preload:
        for _ in range(_ROUNDS):
            with on_sqlite() as house:
                quick.append(publish(house))
            with on_sqlite(LD_PRELOAD=preload) as house:
                slow.append(publish(house))
    return [_at_least("publish, single, fsync takes 1 ms", slow, quick, 0.5)]


MEASUREMENTS: list[Callable[[], list[Row]]] = [
    single_events,
    many_subscriptions,
    arrays,
    slow_disks,
]


def publish(house: House, *, events: int = 1, connections: int = 64) -> Load:
    """Publish for some seconds with a pusher running."""
    with house.web() as url, house.pusher(), bodies(events) as lines:
        publish_to(url, lines, connections=connections, seconds=1)  # warm
        return publish_to(url, lines, connections=connections)


def publish_to(url: str, lines: Path, *, connections: int = 64, seconds: int = 4) -> Load:
    """POST the bodies of a file to a bus that runs."""
    return load(
        f"{url}/topics/bids",
        method="POST",
        token=TOKEN,
        bodies=lines,
        connections=connections,
        seconds=seconds,
    )


@contextmanager
def bodies(events: int) -> Iterator[Path]:
    """A file of request bodies, one a line: an event, or an array of them."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        for start in range(0, 1_000, events):
            made = [
                {"type": "update", "url": f"https://bids.example/bids/{number}"}
                for number in range(start, start + events)
            ]
            file.write(json.dumps(made[0] if events == 1 else made) + "\n")
        file.flush()
        yield Path(file.name)


def _arrays(engine: str, share: float, how: str) -> Row:
    ours, raw = [], []
    for _ in range(_ROUNDS):
        with ENGINES[engine]() as house:
            raw.append(raw_append(house, _ARRAY))
        with ENGINES[engine]() as house:
            ours.append(publish(house, events=_ARRAY, connections=16).rate * _ARRAY)
    value, ceiling = median(ours), median(raw)
    name = f"publish, arrays of 100, {engine} (raw: {how})"
    return Row(name, value, "events/s", ceiling, share * ceiling)


def _at_least(name: str, ours: list[Load], yardstick: list[Load], share: float) -> Row:
    value, ceiling = (median(one.rate for one in loads) for loads in (ours, yardstick))
    return Row(name, value, "requests/s", ceiling, share * ceiling)


def _p99_at_most(name: str, ours: list[Load], yardstick: list[Load], times: float) -> Row:
    value, ceiling = (median(one.p99_ms for one in loads) for loads in (ours, yardstick))
    return Row(name, value, "ms", ceiling, times * ceiling, lower_is_better=True)
