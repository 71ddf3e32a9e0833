"""Publishing and delivering while others read the log: streams, long polls, who never reads."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.bench.backlog import FILLED, fill, replaying
from tests.bench.bus_deliver import p99_of, waits_ms
from tests.bench.bus_publish import bodies, publish_to
from tests.bench.house import TOKEN, on_sqlite, receiver, subscribe
from tests.bench.measuring import Measurement, Turns, measures, measures_each
from tests.bench.processes import ROOT
from tests.bench.rows import Bar, Pair

_BACKLOG = 50_000
_LEAST = 0.9
_MOST = 1.1
CROWDS = {
    "1 000 idle streams": ("idle", 1_000),
    "1 000 streams": ("streaming", 1_000),
    "1 000 long polls": ("polling", 1_000),
    "50 who never read": ("deaf", 50),
    "50 who are killed": ("killed", 50),
}
_IDLE, _BUSY = "1 000 idle streams", "1 000 streams"


@measures_each(
    {crowd: crowd for crowd in CROWDS},
    lambda crowd: tuple(
        Bar(f"{what}, beside {crowd}", "requests/s", _LEAST)
        for what in ("publish, single", "publish, arrays of 100")
    ),
)
def publishing(crowd: str) -> Turns:
    """One event a request, and arrays, beside a crowd and alone."""
    with (
        on_sqlite() as house,
        house.web() as url,
        house.pusher(),
        bodies(1) as single,
        bodies(100) as arrays,
    ):

        def rate(lines: Path, connections: int) -> float:
            return publish_to(url, lines, connections=connections).rate

        rates = (partial(rate, single, 64), partial(rate, arrays, 16))
        for one in rates:
            one()  # warm
        while True:
            alone = [one() for one in rates]
            with reading(url, crowd):
                beside = [one() for one in rates]
            yield tuple(map(Pair, beside, alone))


@measures(
    Bar(f"publish to receipt, beside {_IDLE}, p99", "ms", _MOST, lower_is_better=True),
)
def receiving() -> Turns:
    """From publish to receipt beside those who wait, and alone."""
    with receiver() as peer, on_sqlite() as house:
        storage = house.storage()
        subscribe(storage, "subscriber", peer.url, "bids")
        storage.close()
        with house.web() as url, house.pusher():
            while True:
                alone = p99_of(waits_ms(url, peer))
                with reading(url, _IDLE):
                    yield (Pair(p99_of(waits_ms(url, peer)), alone),)


@measures_each(
    {crowd: crowd for crowd in (_IDLE, _BUSY)},
    lambda crowd: (Bar(f"draining a backlog, beside {crowd}", "events/s", _LEAST),),
)
def draining(crowd: str) -> Turns:
    """A backlog through one pusher, beside a crowd and alone."""
    with receiver() as peer, on_sqlite() as house, house.web() as url:
        fill(house, peer, topics=1, events=_BACKLOG, max=100)
        with replaying(house, peer) as replay:
            while True:
                alone = replay.rate(FILLED, _BACKLOG)
                with reading(url, crowd):
                    yield (Pair(replay.rate(FILLED, _BACKLOG), alone),)


MEASUREMENTS: list[Measurement] = [*publishing, receiving, *draining]


@contextmanager
def reading(url: str, crowd: str) -> Iterator[None]:
    """A crowd that reads."""
    kind, count = CROWDS[crowd]
    port = url.rsplit(":", 1)[1]
    command = [sys.executable, "-m", "tests.bench.readers", kind, str(count), port, TOKEN]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as running:
        try:
            assert running.stdout is not None
            assert running.stdout.readline() == b"ready\n"
            yield
        finally:
            running.kill()
