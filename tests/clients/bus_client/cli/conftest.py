"""A bus and its pusher, a receiver, and who calls them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bus.receiver import Receiver, receiving
from tests.bus.serving import ROOT_KEY, Served, serving
from tests.clients.bus_client.cli.calling import Call, calls, rows
from tests.shared import Shared


@pytest.fixture(autouse=True)
def _nobodys_profile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory, shared: Shared) -> Iterator[Served]:
    file = Path(shutil.copy(shared.migrated_file("bus"), tmp_path_factory.mktemp("bus")))
    with serving(file, "bus", "pusher", BUS_TRUSTED_HOSTS="127.0.0.1") as running:
        yield running


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as started:
        yield started


@pytest.fixture
def operator(served: Served) -> Call:
    return calls(served, ROOT_KEY)


@pytest.fixture
def shop(served: Served) -> Call:
    return calls(served, served.token("shop"))


@pytest.fixture
def stock(served: Served) -> Iterator[Call]:
    """A client whose subscriptions are gone after the test."""
    call = calls(served, served.token("stock"))
    yield call
    for one in rows(call("subscriptions", "--json")):
        call("unsubscribe", one["name"], "--yes")
