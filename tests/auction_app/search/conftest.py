"""The app on each engine, and things to be found in it."""

import dataclasses
from collections.abc import Callable

import pytest

from auction_app.config import Config
from auction_app.search.repository import sqlite_plan
from tests.auction_app.conftest import World
from tests.auction_app.search.shelf import Shelf


@pytest.fixture(params=["sqlite-reading", "sqlite-walking", "postgresql"])
def house(
    request: pytest.FixtureRequest,
    make_world: Callable[..., World],
    config: Config,
    monkeypatch: pytest.MonkeyPatch,
) -> World:
    """The app on each engine, on SQLite with each of the ways that a search may go."""
    if request.param != "postgresql":
        monkeypatch.setattr(sqlite_plan, "STEP", 0 if request.param == "sqlite-walking" else 10**9)
        return make_world()
    url = request.getfixturevalue("postgres_database")
    return make_world(dataclasses.replace(config, database_url=url))


@pytest.fixture
def shelf(house: World) -> Shelf:
    """Things in that house."""
    return Shelf(house)
