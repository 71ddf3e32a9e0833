"""How fast the drain takes batches, beside an app that only reads and parses them."""

import tempfile
from pathlib import Path

from service_kit.http import HttpClient

from tests.bench.deliveries import DELIVERIES_LUA, write_deliveries
from tests.bench.load import load
from tests.bench.measuring import TURN_S, Turns, measures
from tests.bench.processes import process
from tests.bench.rows import Bar, Pair
from tests.sockets import free_port
from tests.waiting import wait_for

_EVENTS = 100
_WORKERS = 2
_DELIVERIES = 5_000


@measures(Bar("drain: Basic stack, batches of 100, signature and deduplication", "events/s", 0.4))
def basic_stack() -> Turns:
    """Batches of 100 signed events, each event new, over 16 connections."""
    with tempfile.TemporaryDirectory() as folder:
        deliveries = Path(folder) / "deliveries"
        while True:
            bare, basic = (_rate(app, deliveries) * _EVENTS for app in ("bare", "basic"))
            yield (Pair(basic, bare),)


MEASUREMENTS = [basic_stack]


def _rate(app: str, deliveries: Path) -> float:
    """Batches a second; the app has a fresh state and gets fresh signatures."""
    write_deliveries(deliveries, batches=_DELIVERIES, events=_EVENTS)
    port = free_port()
    command = [
        "gunicorn",
        "--no-control-socket",
        "-k",
        "gthread",
        "-w",
        str(_WORKERS),
        "--threads",
        "8",
    ]
    address = ["-b", f"127.0.0.1:{port}", "--log-level", "warning"]
    with tempfile.TemporaryDirectory() as folder:
        environment = {"BENCH_STATE_URL": f"sqlite:///{folder}/state.sqlite3"}
        name = f"tests.bench.drain_apps:{app}()"
        url = f"http://127.0.0.1:{port}"
        with process([*command, *address, name], port=port, environment=environment):
            _wait_for_workers(url)
            result = load(
                f"{url}/",
                method="POST",
                bodies=deliveries,
                connections=16,
                seconds=TURN_S,
                script=DELIVERIES_LUA,
            )
    assert result.refused == 0, "a delivery was refused"
    # Were they used up, the rest would be repeats, which cost less.
    assert app == "bare" or result.requests <= _DELIVERIES, "make more deliveries"
    return result.rate


def _wait_for_workers(url: str) -> None:
    """Until each worker has answered: one that still starts would take its time from the other."""
    answered: set[bytes] = set()

    def all_have() -> bool:
        with HttpClient({url: None}) as http:  # a new connection goes to whoever is free
            answered.add(http.get(f"{url}/readyz").body)
        return len(answered) == _WORKERS

    wait_for(all_have, seconds=60, what="every worker")
