"""The bus by the Procfile's own command lines, for tests that speak to it as strangers do."""

import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from tests.procfile import Processes, procfile
from tests.sockets import free_port

ROOT_KEY = "root-key-of-the-tests"


# The other entrance, for who wants a WSGI app.
FLASK = 'gunicorn -c bus/gunicorn.conf.py -w 1 -b "127.0.0.1:$PORT_BUS" "bus.app:create_app()"'


@dataclass
class Served:
    """A running bus."""

    port: int
    processes: Processes
    _tokens: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def token(self, client: str) -> str:
        """The token of a client, made when it is first asked for."""
        if client not in self._tokens:
            made = requests.post(
                f"{self.url}/api_tokens", json={"name": client}, auth=(ROOT_KEY, ""), timeout=10
            )
            self._tokens[client] = made.json()["token"]
        return self._tokens[client]

    def connect(self) -> socket.socket:
        """A connection to say anything over."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)


@contextmanager
def serving(
    database: Path, *names: str, entrance: str | None = None, **settings: str
) -> Iterator[Served]:
    """Run these processes of the Procfile over a migrated SQLite file; killed at the end.

    `entrance` is another command for the bus, `BUS_DATABASE_URL` another database.
    """
    ports = {name: free_port() for name in names}
    settings = {"BUS_DATABASE_URL": f"sqlite:///{database}"} | settings
    settings |= {
        "BUS_ROOT_KEY": ROOT_KEY,
        "BUS_PUSHER_PORT": str(ports.get("pusher", "")),
        "PORT_BUS": str(ports["bus"]),
    }
    commands = {name: procfile()[name] for name in names}
    commands["bus"] = entrance or commands["bus"]
    processes = Processes(commands, settings, ports, database.parent / "log", forked=True)
    try:
        processes.start()
        yield Served(ports["bus"], processes)
    finally:
        processes.close()


@pytest.fixture(scope="module")
def bus(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A bus for a module's tests, without a pusher; it trusts no host."""
    folder = tmp_path_factory.mktemp("bus")
    with serving(Path(shutil.copy(migrated, folder / "bus.sqlite3")), "bus") as served:
        yield served


@pytest.fixture(scope="module", params=["asgi", "wsgi"])
def either(
    request: pytest.FixtureRequest, migrated: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """A bus and its pusher, once with each entrance; they trust this machine."""
    database = Path(shutil.copy(migrated, tmp_path_factory.mktemp("either") / "bus.sqlite3"))
    entrance = FLASK if request.param == "wsgi" else None
    trust = {"BUS_TRUSTED_HOSTS": "127.0.0.1"}
    with serving(database, "bus", "pusher", entrance=entrance, **trust) as served:
        yield served
