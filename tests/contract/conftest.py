"""Real apps in this process, for real clients to talk to."""

from pathlib import Path

import pytest
from flask import Flask
from service_kit.database import migrate

from bus.app import create_app
from bus.config import Config

ROOT_KEY = "the-root-key-of-the-tests"


@pytest.fixture
def bus_config(tmp_path: Path) -> Config:
    """Settings of a bus with a fresh database."""
    config = Config(
        database_url=f"sqlite:///{tmp_path}/bus.sqlite3",
        root_key=ROOT_KEY,
        trusted_hosts=("localhost", "127.0.0.1"),
    )
    migrate("bus", config.database_url)
    return config


@pytest.fixture
def bus(bus_config: Config) -> Flask:
    """The real bus app."""
    return create_app(bus_config)


def bus_token(app: Flask, name: str) -> str:
    """A new client's token."""
    answer = app.test_client().post("/api_tokens", json={"name": name}, auth=(ROOT_KEY, ""))
    assert answer.status_code == 201, answer.text
    return str(answer.json["token"])
