"""Real apps in this process, for real clients to talk to."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from service_kit.clock import now_ms

from bus.app import create_app
from bus.config import Config
from bus.storage import open_storage

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
    yield create_app(config, storage=storage)
    storage.close()


def bus_token(app: Flask, name: str) -> str:
    """A new client's token."""
    answer = app.test_client().post("/api_tokens", json={"name": name}, auth=(ROOT_KEY, ""))
    assert answer.status_code == 201, answer.text
    return str(answer.json["token"])
