"""Real apps in this process, for real clients to talk to."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest
import requests
import uvicorn
from flask import Flask
from service_kit.clock import now_ms

from bus import asgi
from bus.app import create_app
from bus.config import Config
from bus.storage import Logs, Storage, open_storage
from tests.waiting import wait_for

ROOT_KEY = "the-root-key-of-the-tests"


@pytest.fixture
def bus(sqlite_copy: Callable[[str], str]) -> Iterator[Flask]:
    """The real bus app, with a fresh database."""
    config = Config(
        database_url=sqlite_copy("bus"),
        root_key=ROOT_KEY,
        trusted_hosts=("localhost", "127.0.0.1"),
    )
    storage = open_storage(config.database_url, now_ms)
    yield create_app(config, logs=Logs(storage))
    storage.close()


def bus_token(app: Flask, name: str) -> str:
    """A new client's token."""
    answer = app.test_client().post("/api_tokens", json={"name": name}, auth=(ROOT_KEY, ""))
    assert answer.status_code == 201, answer.text
    return str(answer.json["token"])


@contextmanager
def listening(app: Any) -> Iterator[str]:
    """An ASGI app under uvicorn on a free port of loopback."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_for(lambda: server.started, what="uvicorn")
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)


class RunningBus(NamedTuple):
    """A bus that listens, and what it stores."""

    url: str
    storage: Storage

    def token(self, name: str, scopes: list[str] | None = None) -> str:
        """A new token for a client."""
        wanted = {"name": name} if scopes is None else {"name": name, "scopes": scopes}
        made = requests.post(f"{self.url}/api_tokens", json=wanted, auth=(ROOT_KEY, ""), timeout=10)
        return str(made.json()["token"])


@pytest.fixture
def running_bus(sqlite_copy: Callable[[str], str]) -> Iterator[RunningBus]:
    """A bus behind its own entrance."""
    database = sqlite_copy("bus")
    storage = open_storage(database, now_ms)
    config = Config(
        database_url=database, root_key=ROOT_KEY, trusted_hosts=("localhost", "127.0.0.1")
    )
    with listening(asgi.create_app(config, logs=Logs(storage))) as at:
        yield RunningBus(at, storage)
    storage.close()
