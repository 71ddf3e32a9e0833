"""A database that was restored from a copy, or a standby that lacks the newest events: what is
published after that is delivered, and no id names two events (docs/delivery.md D14)."""

import json
import shutil
from pathlib import Path

import pytest
from bus_drain import Event
from bus_drain.layers.deduplicate import Deduplicate
from bus_drain.layers.listen import Listeners
from bus_drain.storage import open_state
from service_kit.tokens import digest

from bus.storage import Storage, open_storage
from tests.bus.clock import FakeClock
from tests.bus.conftest import TOKENS
from tests.bus.delivery.pushing import (
    Driven,
    Publish,
    overview,
    publishing,
    queued,
    subscribe,
    urls,
)
from tests.bus.receiver import Receiver
from tests.postgres import backup, restore


def told(storage: Storage) -> list[Event]:
    """The events of the log, as a drain gets them."""
    return [Event(**json.loads(event.body)) for event in storage.log.read_after(0, None, 100)]


def published(url: str, clock: FakeClock, *names: str) -> list[Event]:
    """What a bus that starts, publishes and ends has in its log."""
    storage = open_storage(url, clock)
    storage.clients.add_token("publisher", digest(TOKENS["publisher"]))
    publishing(storage)(*names)
    events = told(storage)
    storage.close()
    return events


def test_a_drain_that_deduplicates_takes_what_comes_after_a_copy_was_restored(
    sqlite_file: str, clock: FakeClock, tmp_path: Path
) -> None:
    file, copy = Path(sqlite_file.removeprefix("sqlite:///")), tmp_path / "copy"
    shutil.copy(file, copy)
    before = published(sqlite_file, clock, "a", "b", "c")
    shutil.copy(copy, file)
    after = published(sqlite_file, clock, "d", "e")
    assert [event.position for event in after] == [1, 2]

    seen: list[str] = []
    state = open_state(f"sqlite:///{tmp_path}/state.sqlite3")
    listeners = Listeners({"*": lambda events: seen.extend(event.url for event in events)})
    drain = Deduplicate(state.seen, listeners)
    for events in (before, before, after, after):
        drain(events)
    state.close()
    assert seen == urls("a", "b", "c", "d", "e")


class TestUnderALivingPusher:
    """PostgreSQL can be restored, and fail over, while everybody else lives on."""

    @pytest.fixture
    def url(self, postgres_database: str) -> str:
        return postgres_database

    @pytest.mark.parametrize("lost", [1, 3, 30])
    @pytest.mark.parametrize("new", [1, 40])
    def test_what_is_published_after_it_is_delivered(
        self,
        url: str,
        storage: Storage,
        driven: Driven,
        publish: Publish,
        receiver: Receiver,
        lost: int,
        new: int,
    ) -> None:
        subscribe(storage, receiver.url)
        publish("kept")
        driven.until(lambda: queued(storage) == 0)
        with backup(url) as copy:
            publish(*[f"lost-{number}" for number in range(lost)])
            driven.until(lambda: len(receiver.urls) == 1 + lost)
            driven.until(lambda: queued(storage) == 0)
            restore(url, copy)
        before = {event["id"] for one in receiver.deliveries for event in one.events}
        names = [f"new-{number}" for number in range(new)]
        publish(*names)
        driven.until(lambda: set(urls(*names)) <= set(receiver.urls))
        driven.until(lambda: queued(storage) == 0)
        assert before.isdisjoint(event.id for event in told(storage) if "new-" in event.url)
        fresh = [url for url in receiver.urls if "new-" in url]
        assert list(dict.fromkeys(fresh)) == urls(*names)

    def test_who_was_sent_what_is_lost_is_told_once_before_what_comes_after(
        self, url: str, storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
    ) -> None:
        subscribe(storage, receiver.url)
        subscribe(storage, receiver.url, "other", name="other")
        publish("kept")
        driven.until(lambda: queued(storage) == 0)
        with backup(url) as copy:
            publish("lost-1", "lost-2")
            driven.until(lambda: len(receiver.urls) == 3)
            driven.until(lambda: queued(storage) == 0)
            restore(url, copy)
        publish("new-1", "new-2")
        driven.until(lambda: set(urls("new-1", "new-2")) <= set(receiver.urls))
        driven.until(lambda: queued(storage) == 0)
        driven.rounds(20)
        told = [one for each in receiver.deliveries for one in each.events]
        (resync,) = [one for one in told if one["type"] == "resync"]
        assert (resync["topic"], resync["data"]) == ("bus", {"from": 2, "to": 3})
        assert receiver.urls == [
            *urls("kept", "lost-1", "lost-2"),
            receiver.url,
            *urls("new-1", "new-2"),
        ]
        ids = [one["id"] for one in told]
        assert len(set(ids)) == len(ids)
        assert {one.split("-")[0] for one in ids[-2:]} == {storage.log_identity}

    def test_nobody_is_told_where_nothing_is_lost(
        self, url: str, storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
    ) -> None:
        subscribe(storage, receiver.url)
        publish("a")
        driven.until(lambda: queued(storage) == 0)
        identity = storage.log_identity
        with backup(url) as copy:
            restore(url, copy)
        publish("b")
        driven.until(lambda: receiver.urls == urls("a", "b"))
        assert storage.log_identity != identity

    def test_a_resync_that_is_refused_is_told_until_it_is_taken_whoever_delivers(
        self, url: str, storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
    ) -> None:
        subscribe(storage, receiver.url)
        publish("a")
        driven.until(lambda: queued(storage) == 0)
        with backup(url) as copy:
            publish("lost")
            driven.until(lambda: len(receiver.urls) == 2)
            restore(url, copy)
        receiver.statuses = [503]
        driven.until(lambda: len(receiver.deliveries) == 3)
        driven.until(lambda: overview(storage).health.failures == 1)
        assert overview(storage).cursor.position == 1
        driven.pusher.close()
        other = Driven(storage, driven.clock, name="two")
        other.forward(60_000)
        publish("new")
        other.until(lambda: urls("new")[0] in receiver.urls)
        other.until(lambda: queued(storage) == 0)
        assert [each.events[0]["type"] for each in receiver.deliveries[2:4]] == ["resync"] * 2
        other.pusher.close()
