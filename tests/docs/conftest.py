"""A bus, its pusher and the web app with its demo data, as real processes."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from bus_client import BusClient
from service_kit.http import HttpClient

from tests.sockets import free_port
from tests.system.house import House
from tests.waiting import PATIENCE_S, wait_for

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
UUID = "my-delivery-user"
VASE = "Blue vase with a white band"


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Only what the guide needs runs."""
    house = House(tmp_path_factory.mktemp("house") / "var", {})
    try:
        house.start("bus", "pusher", "auctions")
        yield house
    finally:
        house.close()


@pytest.fixture
def client_of(house: House) -> Callable[[str], BusClient]:
    """A new client of the bus, by name."""

    def make(name: str) -> BusClient:
        url = house.url("bus")
        with HttpClient({url: house.settings["BUS_ROOT_KEY"]}) as http:
            answer = http.send("POST", f"{url}/api_tokens", json={"name": name})
        return BusClient(url, answer.json()["token"])

    return make


@contextmanager
def _running(example: str, output: Path, environment: Mapping[str, str]) -> Iterator[str]:
    port = free_port()
    gunicorn = Path(sys.executable).with_name("gunicorn")
    command = [
        str(gunicorn),
        "--no-control-socket",
        "-b",
        f"127.0.0.1:{port}",
        "--log-level",
        "warning",
    ]
    with output.open("wb") as written:
        process = subprocess.Popen(
            [*command, "--chdir", str(EXAMPLES), f"{example}:app"],
            env=environment,
            stdout=written,
            stderr=subprocess.STDOUT,
        )
        try:
            yield f"http://localhost:{port}/events"
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


@pytest.fixture
def running() -> Callable[[str, Path, Mapping[str, str]], AbstractContextManager[str]]:
    """Runs an example under gunicorn, its output in a file; yields its callback."""
    return _running


def wait_for_line(output: Path, line: str) -> None:
    """Wait until a program has written this line."""
    wait_for(lambda: line in output.read_text().splitlines(), what=line)
