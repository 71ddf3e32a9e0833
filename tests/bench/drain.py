"""How fast the drain takes batches, beside an app that only reads and parses them."""

import base64
import hashlib
import hmac
import json
import statistics
import tempfile
import time
from pathlib import Path

from tests.bench.drain_apps import SECRET, UUID
from tests.bench.load import load
from tests.bench.processes import process
from tests.bench.rows import Row
from tests.sockets import free_port

_EVENTS = 100
_SECONDS = 2
_DELIVERIES = 10_000
_DELIVERIES_LUA = Path(__file__).with_name("deliveries.lua")


def basic_stack() -> list[Row]:
    """Batches of 100 signed events, each event new, over 16 connections."""
    with tempfile.TemporaryDirectory() as folder:
        deliveries = Path(folder) / "deliveries"
        # In turn, so that whatever else the machine does meanwhile slows both.
        rates = [(_rate("bare", deliveries), _rate("basic", deliveries)) for _ in range(3)]
    bare, value = (statistics.median(column) for column in zip(*rates, strict=True))
    return [
        Row(
            name="drain: Basic stack, batches of 100, signature and deduplication",
            value=value * _EVENTS,
            unit="events/s",
            ceiling=bare * _EVENTS,
            bar=0.4 * bare * _EVENTS,
        )
    ]


MEASUREMENTS = [basic_stack]


def _rate(app: str, deliveries: Path) -> float:
    """Batches a second; the app has a fresh state and gets fresh signatures."""
    _write_deliveries(deliveries)
    port = free_port()
    command = ["gunicorn", "--no-control-socket", "-k", "gthread", "-w", "2", "--threads", "8"]
    address = ["-b", f"127.0.0.1:{port}", "--log-level", "warning"]
    with tempfile.TemporaryDirectory() as folder:
        environment = {"BENCH_STATE_URL": f"sqlite:///{folder}/state.sqlite3"}
        name = f"tests.bench.drain_apps:{app}()"
        with process([*command, *address, name], port=port, environment=environment):
            result = load(
                f"http://127.0.0.1:{port}/",
                method="POST",
                bodies=deliveries,
                connections=16,
                seconds=_SECONDS,
                script=_DELIVERIES_LUA,
            )
    assert result.refused == 0, "a delivery was refused"
    # Were they used up, the rest would be repeats, which cost less.
    assert app == "bare" or result.requests <= _DELIVERIES, "make more deliveries"
    return result.rate


def _write_deliveries(file: Path) -> None:
    authorization = "Basic " + base64.b64encode(f"{UUID}:x".encode()).decode()
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    now_s = int(time.time())
    with file.open("w") as lines:
        for number in range(_DELIVERIES):
            body = _body(number * _EVENTS)
            signed = hmac.digest(key, f"{number}.{now_s}.{body}".encode(), hashlib.sha256)
            signature = f"v1,{base64.b64encode(signed).decode()}"
            lines.write(f"{authorization}\t{number}\t{now_s}\t{signature}\t{body}\n")


def _body(first: int) -> str:
    return json.dumps(
        [
            {
                "topic": "bids",
                "type": "create",
                "url": f"https://bids.example/bids/{place}",
                "t": 1_700_000_000_000 + place,
                "id": f"9f3a7c21-{place}",
                "position": place,
            }
            for place in range(first, first + _EVENTS)
        ]
    )
