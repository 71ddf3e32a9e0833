"""The bus as its users run it: real processes, killed without warning."""

import json
import os
import signal
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bus.storage import Storage
from tests.bus.conftest import ROOT_KEY, TOKENS
from tests.bus.receiver import Receiver
from tests.forked import Started, start
from tests.sockets import free_port
from tests.waiting import wait_for

pytestmark = pytest.mark.slow

_WSGI = ["bus.app:create_app()"]
_ASGI = ["-k", "bus.server.AsgiWorker", "-w", "1", "bus.asgi:create_app()"]
SETUPS = {
    "wsgi": (_WSGI, "sqlite_file"),
    "asgi": (_ASGI, "sqlite_file"),
    "asgi-postgresql": (_ASGI, "postgres_database"),
}


class House:
    """A bus and a pusher in one process group."""

    def __init__(
        self, url: str, log: Path, entrance: list[str], worker: str = "bus.worker"
    ) -> None:
        self._entrance = entrance
        self._worker = worker
        self.port, self._pusher_port = free_port(), free_port()
        self._log = log
        self._environment = {
            "PATH": os.environ["PATH"],
            "BUS_DATABASE_URL": url,
            "BUS_ROOT_KEY": ROOT_KEY,
            "BUS_TRUSTED_HOSTS": "127.0.0.1",
            "BUS_PUSHER_PORT": str(self._pusher_port),
        }
        self.group = 0
        self.processes: list[Started] = []

    def start(self) -> None:
        """Start both, and wait until they are ready."""
        address = f"127.0.0.1:{self.port}"
        web = ["gunicorn", "-c", "bus/gunicorn.conf.py", "-b", address, *self._entrance]
        self.group = 0
        self.processes = [self._run(web), self._run([self._worker])]
        wait_for(lambda: self._ready(self.port) and self._ready(self._pusher_port))

    def kill(self) -> None:
        """kill -9 to the whole group."""
        os.killpg(self.group, signal.SIGKILL)
        for process in self.processes:
            process.wait(10)

    def stop(self) -> list[int]:
        """SIGTERM to both; their exit codes."""
        for process in self.processes:
            process.terminate()
        return [process.wait(10) for process in self.processes]

    def call(self, path: str, body: object, token: str) -> int:
        """POST, and the status."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            json.dumps(body).encode(),
            {"Authorization": f"Bearer {token}"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            status: int = answer.status
            return status

    def log(self) -> str:
        """What the processes said."""
        return self._log.read_text()

    def _run(self, command: list[str]) -> Started:
        with self._log.open("ab") as log:
            process = start(
                ["python", "-m", *command],
                env=self._environment,
                output=log.fileno(),
                group=self.group,
            )
        self.group = self.group or process.pid
        return process

    def _ready(self, port: int) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


@pytest.fixture(params=SETUPS)
def setup(request: pytest.FixtureRequest) -> tuple[list[str], str]:
    """An entrance and an engine. To another engine only the database's URL differs."""
    return SETUPS[str(request.param)]


@pytest.fixture
def url(request: pytest.FixtureRequest, setup: tuple[list[str], str]) -> str:
    found: str = request.getfixturevalue(setup[1])
    return found


@pytest.fixture
def worker() -> str:
    """The module that runs the pusher."""
    return "bus.worker"


@pytest.fixture
def house(
    setup: tuple[list[str], str], url: str, storage: Storage, tmp_path: Path, worker: str
) -> Iterator[House]:
    made = House(url, tmp_path / "house.log", setup[0], worker)
    made.start()
    yield made
    if any(process.poll() is None for process in made.processes):
        made.kill()


def publish(house: House, url: str) -> int:
    return house.call("/topics/bids", {"type": "create", "url": url}, TOKENS["publisher"])


def subscribe(house: House, callback: str) -> None:
    wanted = {"topics": ["bids"], "callback": callback, "uuid": "u-1"}
    assert house.call("/subscription", wanted, TOKENS["subscriber"]) == 204


def test_what_was_answered_200_is_delivered_though_all_was_killed_right_after(
    house: House, receiver: Receiver
) -> None:
    receiver.statuses = [503]  # so that the kill comes before the delivery
    subscribe(house, receiver.url)
    urls = [f"https://x.example/{number}" for number in range(20)]
    for url in urls:
        assert publish(house, url) == 200
    house.kill()
    receiver.statuses = []
    house.start()
    wait_for(lambda: set(urls) <= set(receiver.urls), what=house.log())
    firsts = list(dict.fromkeys(receiver.urls))
    assert firsts == urls


@pytest.mark.parametrize("worker", ["tests.bus.worker_without_polls"])
def test_a_lone_event_is_delivered_without_waiting_for_a_poll(
    house: House, receiver: Receiver, storage: Storage
) -> None:
    subscribe(house, receiver.url)
    publish(house, "https://x.example/first")
    wait_for(lambda: receiver.urls)
    for number in range(5):
        publish(house, f"https://x.example/{number}")
        wait_for(lambda: len(receiver.urls) == number + 2)  # noqa: B023 - called now


def test_both_stop_cleanly_and_at_once_when_asked(house: House, receiver: Receiver) -> None:
    subscribe(house, receiver.url)
    publish(house, "https://x.example/1")
    wait_for(lambda: receiver.urls)
    assert house.stop() == [0, 0]
    assert "Traceback" not in house.log()
    for secret in (ROOT_KEY, *TOKENS.values(), "u-1"):
        assert secret not in house.log()


def test_a_publisher_that_talks_nonsense_gets_a_4xx_over_the_wire_too(house: House) -> None:
    def status(change: Callable[[], int]) -> int:
        with pytest.raises(urllib.error.HTTPError) as caught:
            change()
        with caught.value as answer:
            return answer.code

    token = TOKENS["publisher"]
    assert status(lambda: house.call("/topics/bids", None, token)) == 400
    assert status(lambda: house.call("/topics/bids", "x" * 2_000_000, token)) == 413
    assert status(lambda: house.call("/topics/bids", {}, "nobody")) == 401
