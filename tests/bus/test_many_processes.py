"""Several buses and pushers, as on several machines, against one PostgreSQL server."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bus.storage import Storage
from tests.bus.conftest import TOKENS
from tests.bus.receiver import Receiver
from tests.bus.test_processes import SETUPS, House, subscribe
from tests.waiting import wait_for

pytestmark = pytest.mark.slow

_EACH = 40


@pytest.fixture
def url(postgres_database: str) -> str:
    return postgres_database


@pytest.fixture
def houses(url: str, storage: Storage, tmp_path: Path) -> Iterator[list[House]]:
    """Two machines, a bus and a pusher on each."""
    made = [House(url, tmp_path / f"{number}.log", SETUPS["asgi"][0]) for number in range(2)]
    for house in made:
        house.start()
    yield made
    for house in made:
        if any(process.poll() is None for process in house.processes):
            house.kill()


def publish_some(house: House, name: str) -> None:
    for number in range(_EACH):
        event = {"type": "update", "url": f"https://{name}.example/{number}"}
        assert house.call("/topics/bids", event, TOKENS["publisher"]) == 200


def test_what_any_bus_took_is_delivered_once_and_in_order_though_a_machine_dies(
    houses: list[House], receiver: Receiver
) -> None:
    subscribe(houses[0], receiver.url)
    publishers = [
        threading.Thread(target=publish_some, args=(house, name))
        for house, name in zip(houses, ("one", "two"), strict=True)
    ]
    for thread in publishers:
        thread.start()
    for thread in publishers:
        thread.join(60)
    wait_for(lambda: len(receiver.urls) == 2 * _EACH)
    positions = [event["position"] for one in receiver.deliveries for event in one.events]
    assert positions == list(range(1, 2 * _EACH + 1))
    houses[0].kill()
    publish_some(houses[1], "late")
    wait_for(lambda: len(set(receiver.urls)) == 3 * _EACH)
    late = [url for url in dict.fromkeys(receiver.urls) if "late" in url]
    assert late == [f"https://late.example/{number}" for number in range(_EACH)]
