"""What is replayed reaches a receiver that drops what it knows, once a replay.

docs/delivery.md D9, D14 and D20.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

import pytest
from bus_client import BusClient
from bus_client.entities import Format, Settings

from tests.bus.serving import Served, serving
from tests.postgres import fresh_database
from tests.procfile import Processes
from tests.redis_server import redis_server
from tests.shared import Shared
from tests.sockets import free_port
from tests.system.knowing import SECRET, UUID
from tests.waiting import wait_for

pytestmark = pytest.mark.slow

RECEIVER = "gunicorn --no-control-socket -k gthread --threads 8 -b 127.0.0.1:{port}"
APP = "tests.system.knowing:create_app()"
MOST = 20
WITH_POSTGRES = ("postgresql", "redis", "cloudevents")


@dataclass
class Replayed:
    """A bus, and a receiver with what it has handled."""

    bus: Served
    receiver: Processes
    folder: Path
    format: Format

    def subscribe(self, client: BusClient, **settings: Unpack[Settings]) -> None:
        """Have all of `bids` from the beginning."""
        client.subscriptions.put(
            "main",
            topics=["bids"],
            callback=self.receiver.url("receiver"),
            uuid=UUID,
            secret=SECRET,
            start="beginning",
            **Settings(max=MOST, format=self.format) | settings,
        )

    def fares(self, how: str, *lines: str) -> None:
        """The receiver is `slow`, or `broken` for these URLs, from here on; well without lines."""
        beside = self.folder / f"{how}.new"
        beside.write_text("\n".join(lines))
        beside.replace(self.folder / how) if lines else (self.folder / how).unlink(missing_ok=True)

    def handled(self) -> Counter[tuple[str, int]]:
        """How often each event was handled in each replay."""
        lines = (self.folder / "notes").read_text().splitlines()
        return Counter((one.split()[0], int(one.split()[1])) for one in lines)

    def ids(self, replay: int) -> set[str]:
        """What was handled in a replay."""
        return {id for id, found in self.handled() if found == replay}


@pytest.fixture(params=[("sqlite", "sqlite", "routemaster"), WITH_POSTGRES])
def replayed(request: pytest.FixtureRequest, tmp_path: Path, shared: Shared) -> Iterator[Replayed]:
    engine, state, format = request.param
    file = Path(shutil.copy(shared.migrated_file("bus"), tmp_path / "bus.sqlite3"))
    with ExitStack() as stack:
        settings = {"BUS_TRUSTED_HOSTS": "localhost,127.0.0.1"}
        if engine == "postgresql":
            cluster = request.getfixturevalue("postgres_cluster")
            settings["BUS_DATABASE_URL"] = stack.enter_context(fresh_database(cluster, "bus"))
        state_url = f"sqlite:///{tmp_path}/state.sqlite3"
        if state == "redis":
            state_url = f"unix://{stack.enter_context(redis_server(tmp_path))}"
        port = free_port()
        known = {"KNOWING_NOTES": str(tmp_path / "notes"), "KNOWING_STATE_URL": state_url}
        command = f"{RECEIVER.format(port=port)} '{APP}'"
        receiver = Processes(
            {"receiver": command}, known, {"receiver": port}, tmp_path / "receiver"
        )
        stack.callback(receiver.close)
        receiver.start()
        bus = stack.enter_context(serving(file, "bus", "pusher", **settings))
        yield Replayed(bus, receiver, tmp_path, format)


def entity(number: int) -> str:
    return f"https://x.example/{number}"


def publish(bus: Served, count: int) -> None:
    with BusClient(bus.url, bus.token("shop")) as shop:
        shop.publish("bids", [{"type": "update", "url": entity(n % 50)} for n in range(count)])


def test_a_seek_in_flight_and_kills_leave_nothing_out_and_nothing_twice(
    replayed: Replayed,
) -> None:
    publish(replayed.bus, 300)
    with BusClient(replayed.bus.url, replayed.bus.token("ada")) as ada:
        replayed.subscribe(ada)
        wait_for(lambda: len(replayed.ids(0)) == 300)
        replayed.fares("slow", "is")
        for replay in (1, 2):
            ada.subscriptions.seek(ada.subscriptions.get("main"), "beginning")
            wait_for(lambda: len(replayed.ids(replay)) >= 2 * MOST)  # noqa: B023 - called now
        publish(replayed.bus, 10)
        replayed.bus.processes.kill("pusher")
        replayed.bus.processes.start("pusher")
        wait_for(lambda: len(replayed.ids(2)) >= 5 * MOST)
        replayed.receiver.kill("receiver")
        replayed.receiver.start("receiver")
        replayed.fares("slow")
        wait_for(lambda: len(replayed.ids(2)) == 310)
        wait_for(lambda: ada.subscriptions.get("main").waiting == 0)
    handled = replayed.handled()
    assert replayed.ids(0) <= replayed.ids(2)
    twice = sum(handled.values()) - len(handled)
    assert twice <= MOST  # what was handled, but not noted as known before the kill


def test_dead_letters_are_handled_once_a_redrive_also_beside_a_seek(replayed: Replayed) -> None:
    broken = [entity(n) for n in range(0, 40, 2)]
    replayed.fares("broken", *broken)
    publish(replayed.bus, 40)
    with BusClient(replayed.bus.url, replayed.bus.token("ada")) as ada:
        own = ada.subscriptions
        replayed.subscribe(ada, retry={"parked_ms": [100]}, concurrency=4)
        wait_for(lambda: own.get("main").dead_letters == len(broken))
        assert len(replayed.ids(0)) == 40 - len(broken)
        replayed.fares("broken")
        pushed = own.get("main")
        letters = list(own.dead_letters(pushed))
        own.redrive(pushed, letters[:1])
        wait_for(lambda: len(replayed.ids(1)) == 1)
        replayed.fares("slow", "is")
        assert own.redrive(pushed).redriven == len(broken) - 1
        wait_for(lambda: replayed.ids(2))
        own.seek(pushed, "beginning")
        replayed.fares("slow")
        wait_for(lambda: len(replayed.ids(3)) == 40)
        wait_for(lambda: own.get("main").parked == own.get("main").waiting == 0)
    assert set(replayed.handled().values()) == {1}
