"""The bus's web process by the Procfile's own command line, for tests that speak to it raw."""

import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from tests.procfile import Processes, procfile
from tests.sockets import free_port

ROOT_KEY = "root-key-of-the-tests"


@dataclass
class Served:
    """A running bus."""

    port: int
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


@pytest.fixture(scope="module")
def bus(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A bus for a module's tests; it trusts no host."""
    folder, port = tmp_path_factory.mktemp("bus"), free_port()
    settings = {
        "BUS_DATABASE_URL": f"sqlite:///{shutil.copy(migrated, folder / 'bus.sqlite3')}",
        "BUS_ROOT_KEY": ROOT_KEY,
        "PORT_BUS": str(port),
    }
    processes = Processes({"bus": procfile()["bus"]}, settings, {"bus": port}, folder / "log")
    processes.start()
    yield Served(port)
    processes.close()
