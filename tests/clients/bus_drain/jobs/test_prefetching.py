"""From an event to a warm cache."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from bus_drain import Caching
from bus_drain.fetch import EntityClient
from bus_drain.jobs import prefetching
from bus_drain.state import State
from huey import MemoryHuey, SqliteHuey

from tests.clients.bus_drain.conftest import SECRET, UUID, Deliverer, event
from tests.clients.bus_drain.fetch.conftest import Site, make_client, pauses, site

__all__ = ["make_client", "pauses", "site"]

Make = Callable[..., EntityClient]


def test_what_an_event_names_is_there_before_it_is_asked_for(
    make_client: Make, site: Site, drain_state: State
) -> None:
    client = make_client(cache=drain_state.cache, fresh_s=3600)
    huey = MemoryHuey()
    drain = Caching(
        uuid=UUID, secrets=[SECRET], state=drain_state, prefetch=prefetching(huey, client)
    )
    url = site.shows("/x", {"n": 1})

    assert Deliverer(drain)([event(1, url=url)]).status_code == 204
    assert site.asked == []
    task = huey.dequeue()
    assert task is not None
    huey.execute(task)
    assert len(site.asked) == 1
    assert client.get(url)["n"] == 1
    assert len(site.asked) == 1


def test_an_entity_that_cannot_be_fetched_is_only_logged(
    make_client: Make, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    prefetching(MemoryHuey(immediate=True), make_client())([site.url + "/gone"])

    assert "not prefetched" in caplog.text


def test_a_queue_that_is_away_refuses_no_delivery(
    make_client: Make, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "jobs.sqlite3"
    huey = SqliteHuey(filename=str(path))
    enqueue = prefetching(huey, make_client())
    huey.storage.close()
    path.write_bytes(b"broken" * 1000)
    enqueue(["https://a.example/1"])

    assert "queue unavailable" in caplog.text
