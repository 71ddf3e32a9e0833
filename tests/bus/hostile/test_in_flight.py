"""What happens to a batch that is under way while its subscription changes."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.bus.receiver import Receiver, receiving
from tests.bus.serving import Served, serving
from tests.waiting import wait_for


@pytest.fixture
def bus(migrated: Path, tmp_path: Path) -> Iterator[Served]:
    database = Path(shutil.copy(migrated, tmp_path / "bus.sqlite3"))
    with serving(database, "bus", "pusher", BUS_TRUSTED_HOSTS="127.0.0.1") as served:
        yield served


@pytest.fixture
def witness() -> Iterator[Receiver]:
    """Another subscriber, who shows how far the pusher is."""
    with receiving() as started:
        yield started


def post(bus: Served, client: str, path: str, body: object) -> None:
    answer = requests.post(f"{bus.url}{path}", json=body, auth=(bus.token(client), ""), timeout=10)
    answer.raise_for_status()


def subscribe(bus: Served, client: str, receiver: Receiver) -> None:
    wanted = {"topics": ["bids"], "callback": receiver.url, "uuid": client}
    post(bus, client, "/subscription", wanted)


def publish(bus: Served, url: str) -> None:
    post(bus, "publisher", "/topics/bids", {"type": "create", "url": url})


def test_subscribing_again_while_a_retry_is_under_way_does_not_send_it_twice(
    bus: Served, receiver: Receiver, witness: Receiver
) -> None:
    first, second = "https://x.example/1", "https://x.example/2"
    receiver.statuses = [500]
    subscribe(bus, "subscriber", receiver)
    subscribe(bus, "witness", witness)
    publish(bus, first)
    wait_for(lambda: len(receiver.deliveries) == 1, what="the attempt that fails")
    receiver.gate.clear()
    wait_for(lambda: len(receiver.deliveries) == 2, what="the retry, which hangs")
    subscribe(bus, "subscriber", receiver)
    publish(bus, second)
    wait_for(lambda: second in witness.urls, what="the pusher has seen the change")
    receiver.gate.set()
    wait_for(lambda: second in receiver.urls, what="the next event")
    assert receiver.urls.count(first) == 2
