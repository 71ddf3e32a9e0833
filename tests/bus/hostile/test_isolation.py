"""Hundreds of subscribers that hang, beside one that is well: real processes, real sockets."""

import queue
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from bus.delivery.wire.http_client import TOTAL_MS
from tests.bus.serving import Served, serving
from tests.sockets import peer
from tests.waiting import wait_for

HANGING = 250
MEASURED = 40
# What is looked for is somebody who waits until the others' deadline is over. How many
# milliseconds they cost on a machine with nothing else to do is measured by `make bench`.
SHARE_OF_THEIR_DEADLINE = 0.1


@pytest.fixture
def bus(migrated: Path, tmp_path: Path) -> Iterator[Served]:
    database = Path(shutil.copy(migrated, tmp_path / "bus.sqlite3"))
    with serving(database, "bus", "pusher", BUS_TRUSTED_HOSTS="127.0.0.1") as served:
        yield served


def subscribe(bus: Served, client: str, callback: str) -> None:
    wanted = {"topics": ["bids"], "callback": callback, "uuid": client}
    requests.post(
        f"{bus.url}/subscription", json=wanted, auth=(bus.token(client), ""), timeout=10
    ).raise_for_status()


def latency_ms(bus: Served, arrivals: "queue.Queue[float]", publishing: requests.Session) -> float:
    """From the call that publishes to the receipt."""
    event = {"type": "update", "url": "https://x.example/1"}
    start = time.monotonic()
    publishing.post(f"{bus.url}/topics/bids", json=event, timeout=10).raise_for_status()
    return (arrivals.get(timeout=30) - start) * 1000


def test_a_healthy_subscriber_does_not_wait_for_hundreds_that_hang(bus: Served) -> None:
    arrivals: queue.Queue[float] = queue.Queue()
    hanging: list[bytes] = []

    def well(connection: socket.socket) -> None:
        while connection.recv(65536):
            arrivals.put(time.monotonic())
            connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    def hang(connection: socket.socket) -> None:
        hanging.append(connection.recv(65536))
        connection.recv(1)

    publishing = requests.Session()
    publishing.auth = (bus.token("publisher"), "")
    with peer(well) as healthy, peer(hang) as broken:
        subscribe(bus, "healthy", healthy)
        latency_ms(bus, arrivals, publishing)  # all is well, and started
        for number in range(HANGING):
            subscribe(bus, f"hanging-{number}", broken)
        latency_ms(bus, arrivals, publishing)
        wait_for(lambda: len(hanging) == HANGING, what="all hang")
        beside_ms = [latency_ms(bus, arrivals, publishing) for _ in range(MEASURED)]
    assert max(beside_ms) < SHARE_OF_THEIR_DEADLINE * TOTAL_MS
