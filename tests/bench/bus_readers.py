"""Publishing and delivering while others read the log: streams, long polls, who never reads.

Each figure is the median share of what there is alone, of turns that follow each other.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from statistics import median

from tests.bench.backlog import fill, rate_of_all
from tests.bench.bare_http import paced_publishing
from tests.bench.bus_deliver import p99_of
from tests.bench.bus_publish import bodies, publish_to
from tests.bench.house import TOKEN, on_sqlite, receiver, subscribe
from tests.bench.processes import ROOT
from tests.bench.rows import Row
from tests.waiting import wait_for

_TURNS = 7
_SECONDS = 2
_BACKLOG = 100_000
_LEAST = 0.9
_MOST = 1.1
CROWDS = {
    "1 000 idle streams": ("idle", 1_000),
    "1 000 streams": ("streaming", 1_000),
    "1 000 long polls": ("polling", 1_000),
    "50 who never read": ("deaf", 50),
    "50 who are killed": ("killed", 50),
}


def publishing() -> list[Row]:
    """One event a request, and arrays, beside each crowd."""
    return [
        Row(f"{what}, beside {crowd}", _publishing(events, crowd), "of alone", 1, _LEAST)
        for what, events in (("publish, single", 1), ("publish, arrays of 100", 100))
        for crowd in CROWDS
    ]


def delivering() -> list[Row]:
    """A backlog through one pusher; and publish to receipt."""
    crowd = "1 000 idle streams"
    p99 = Row(
        f"publish to receipt, beside {crowd}, p99",
        _receiving(crowd),
        "of alone",
        1,
        _MOST,
        lower_is_better=True,
    )
    return [
        p99,
        *(
            Row(f"draining a backlog, beside {crowd}", _draining(crowd), "of alone", 1, _LEAST)
            for crowd in ("1 000 idle streams", "1 000 streams")
        ),
    ]


MEASUREMENTS: list[Callable[[], list[Row]]] = [publishing, delivering]


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


def _publishing(events: int, crowd: str) -> float:
    connections = 64 if events == 1 else 16
    with on_sqlite() as house, house.web() as url, house.pusher(), bodies(events) as lines:

        def rate(seconds: int = _SECONDS) -> float:
            return publish_to(url, lines, connections=connections, seconds=seconds).rate

        return _beside(rate, url, crowd, warm=lambda: rate(1))


def _receiving(crowd: str) -> float:
    with receiver() as peer, on_sqlite() as house:
        storage = house.storage()
        subscribe(storage, "subscriber", peer.url, "bids")
        storage.close()

        def p99_ms() -> float:
            peer.forget()
            sent = paced_publishing(f"{url}/topics/bids")
            wait_for(lambda: len(peer.stats()["waits_ms"]) >= sent)
            return p99_of(peer.stats()["waits_ms"])

        with house.web() as url, house.pusher():
            return _beside(p99_ms, url, crowd, warm=lambda: None)


def _beside(
    figure: Callable[[], float], url: str, crowd: str, *, warm: Callable[[], object]
) -> float:
    """The median share of turns with a crowd and without one."""
    shares = []
    warm()
    for _ in range(_TURNS):
        alone = figure()
        with reading(url, crowd):
            warm()
            shares.append(figure() / alone)
    return median(shares)


def _draining(crowd: str) -> float:
    def rate(*, beside: bool) -> float:
        with receiver() as peer, on_sqlite() as house, house.web() as url:
            fill(house, peer, topics=1, events=_BACKLOG, max=100)
            peer.forget()
            with reading(url, crowd) if beside else nullcontext():
                return rate_of_all(house, peer, _BACKLOG)

    return median(rate(beside=True) / rate(beside=False) for _ in range(_TURNS))
