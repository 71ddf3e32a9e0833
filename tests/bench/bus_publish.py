"""Publishing: single events, arrays, with many subscriptions, on a slow disk."""

import json
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from tests.bench.house import (
    ENGINES,
    TOKEN,
    House,
    on_sqlite,
    receiver,
    subscribe,
    with_another_log,
)
from tests.bench.load import Load, load
from tests.bench.measuring import TURN_S, Measurement, Turns, measures, measures_each
from tests.bench.processes import bare_asgi, empty_view
from tests.bench.raw_append import raw_appends
from tests.bench.rows import Bar, Pair
from tests.bench.slow_disk import slow_disk

_ARRAY = 100
Engine = Callable[[], AbstractContextManager[House]]
_ARRAYS = {
    "SQLite": (0.35, "commits of 100"),
    "PostgreSQL": (0.6, "executemany of 100"),
}


def _bars_of_single(engine: str) -> tuple[Bar, Bar]:
    name = f"publish, single, 64 connections, {engine}"
    return Bar(name, "requests/s", 3), Bar(f"{name}, p99", "ms", 2, lower_is_better=True)


@measures_each(ENGINES, _bars_of_single)
def single_events(engine: Engine) -> Turns:
    """One event a request at 64 connections, beside an empty Flask view."""
    with empty_view() as view, engine() as house, _serving(house) as publish:
        while True:
            yield rate_and_p99(publish(), load(view, seconds=TURN_S))


@measures_each(
    ENGINES, lambda engine: (Bar(f"publish, single, 1 connection, {engine}", "requests/s", 0.7),)
)
def one_connection(engine: Engine) -> Turns:
    """One event after the other, beside a bare ASGI app that writes a row and commits."""
    with (
        engine() as beside,
        bare_asgi(beside.database_url) as bare,
        engine() as house,
        house.web() as url,
        bodies(1) as lines,
    ):
        publish_to(url, lines, connections=1)  # warm
        while True:
            yield (
                Pair(
                    publish_to(url, lines, connections=1).rate,
                    load(bare, method="POST", bodies=lines, connections=1, seconds=TURN_S).rate,
                ),
            )


@measures(Bar("publish, single, 100 subscriptions", "requests/s", 0.9))
def many_subscriptions() -> Turns:
    """The same while 100 subscriptions on the topic are being served, beside none."""
    with receiver() as peer:
        while True:  # a house a turn: what the one still delivers would slow the other
            with on_sqlite() as house, _serving(house) as publish:
                alone = publish().rate
            with on_sqlite() as house:
                _subscribe(house, peer.url, 100)
                with _serving(house) as publish:
                    yield (Pair(publish().rate, alone),)


@measures_each(
    ENGINES,
    lambda engine: (
        Bar(
            f"publish, arrays of {_ARRAY}, {engine} (raw: {_ARRAYS[engine][1]})",
            "events/s",
            _ARRAYS[engine][0],
        ),
    ),
)
def arrays(engine: Engine) -> Turns:
    """Arrays of 100 beside the database's own driver committing the same events."""
    with engine() as raw, engine() as house, _serving(house, events=_ARRAY) as publish:
        for bare in raw_appends(raw, _ARRAY):
            yield (Pair(publish().rate * _ARRAY, bare),)


@measures(Bar("publish, single, fsync takes 1 ms", "requests/s", 0.6))
def slow_disks() -> Turns:
    """Single events when every fsync takes a millisecond more, beside when it doesn't."""
    with (
        slow_disk() as preload,
        on_sqlite() as quick,
        _serving(quick) as publish,
        on_sqlite(LD_PRELOAD=preload) as slow,
        _serving(slow) as publish_slowly,
    ):
        while True:
            yield (Pair(publish_slowly().rate, publish().rate),)


@measures(Bar("append, two logs against one, fsync takes 1 ms", "appends/s", 1.7))
def two_logs() -> Turns:
    """A publisher on each of two topics, each event an append: in two logs, beside one log."""
    with (
        slow_disk() as preload,
        on_sqlite(LD_PRELOAD=preload) as one,
        on_sqlite(LD_PRELOAD=preload) as other,
        bodies(1) as lines,
        one.web() as together,
        with_another_log(other, "views").web() as apart,
    ):
        for url in (together, apart):  # warm
            _publish_to_both(url, lines)
        while True:
            yield (Pair(_publish_to_both(apart, lines), _publish_to_both(together, lines)),)


MEASUREMENTS: list[Measurement] = [
    *single_events,
    *one_connection,
    many_subscriptions,
    *arrays,
    slow_disks,
    two_logs,
]


def rate_and_p99(ours: Load, yardstick: Load) -> tuple[Pair, Pair]:
    """Two rows of one turn."""
    return Pair(ours.rate, yardstick.rate), Pair(ours.p99_ms, yardstick.p99_ms)


def publish_to(
    url: str, lines: Path, *, connections: int = 64, seconds: int = TURN_S, topic: str = "bids"
) -> Load:
    """POST the bodies of a file to a bus that runs."""
    return load(
        f"{url}/topics/{topic}",
        method="POST",
        token=TOKEN,
        bodies=lines,
        connections=connections,
        seconds=seconds,
    )


def _publish_to_both(url: str, lines: Path) -> float:
    """Events a second of two publishers that each wait for the answer."""
    with ThreadPoolExecutor() as pool:
        each = [
            pool.submit(publish_to, url, lines, connections=1, topic=topic)
            for topic in ("bids", "views")
        ]
        return sum(one.result().rate for one in each)


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


@contextmanager
def _serving(house: House, *, events: int = 1) -> Iterator[Callable[[], Load]]:
    """A bus with a pusher, warm; publishing for one turn is the yielded call."""
    connections = 64 if events == 1 else 16
    with house.web() as url, house.pusher(), bodies(events) as lines:
        publish_to(url, lines, connections=connections)
        yield lambda: publish_to(url, lines, connections=connections)


def _subscribe(house: House, callback: str, count: int) -> None:
    storage = house.storage()
    for number in range(count):
        subscribe(storage, f"subscriber-{number}", callback, "bids")
    storage.close()
