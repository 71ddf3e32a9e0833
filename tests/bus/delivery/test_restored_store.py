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
from click.testing import CliRunner
from service_kit.tokens import digest

from bus.cli import main
from bus.storage import Storage, open_storage
from bus.streams.follower import Follower
from bus.streams.page import Lost, start
from bus.streams.query import EventsQuery, log_query
from bus.streams.reader import LogReader
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


def life(url: str, clock: FakeClock, receiver: Receiver, *names: str) -> tuple[str, list[Event]]:
    """A bus that starts, publishes, delivers all there is and ends: the place where its log ends,
    and what is in it."""
    storage = open_storage(url, clock)
    driven = Driven(storage, clock)
    publishing(storage)(*names)
    driven.until(lambda: urls(*names)[-1] in receiver.urls and queued(storage) == 0)
    driven.pusher.close()
    place = f"{storage.log.identity}-{storage.log.last_position()}"
    events = told(storage)
    storage.close()
    return place, events


def prepared(url: str, clock: FakeClock, receiver: Receiver) -> None:
    storage = open_storage(url, clock)
    for name in ("publisher", "subscriber"):
        storage.clients.add_token(name, digest(TOKENS[name]))
    subscribe(storage, receiver.url)
    subscribe(storage, receiver.url, "other", name="other")
    storage.close()


@pytest.mark.parametrize("new", [1, 2, 5])
def test_a_file_that_was_put_back_goes_on_as_another_log_once_its_operator_says_so(
    sqlite_file: str,
    clock: FakeClock,
    receiver: Receiver,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    new: int,
) -> None:
    monkeypatch.setenv("BUS_DATABASE_URL", sqlite_file)
    monkeypatch.setenv("BUS_ROOT_KEY", "root-key-of-the-tests")
    file, copy = Path(sqlite_file.removeprefix("sqlite:///")), tmp_path / "copy"
    prepared(sqlite_file, clock, receiver)
    life(sqlite_file, clock, receiver, "kept")
    shutil.copy(file, copy)
    place, before = life(sqlite_file, clock, receiver, "lost-1", "lost-2")
    shutil.copy(copy, file)
    said = CliRunner().invoke(main, ["restored"])
    assert (said.exit_code, said.output) == (
        0,
        "The log begins anew after position 1; each subscription is told.\n",
    )
    names = [f"new-{number}" for number in range(new)]
    _, after = life(sqlite_file, clock, receiver, *names)
    got = [event for one in receiver.deliveries for event in one.events]
    resyncs = [event["data"] for event in got if event["type"] == "resync"]
    assert resyncs == [{"from": 2, "to": 2}] * 2
    assert {event.id for event in before}.isdisjoint(event.id for event in after[1:])
    assert [url for url in receiver.urls if "new-" in url] == urls(*names)

    storage = open_storage(sqlite_file, clock)
    asked = log_query(EventsQuery(after=place), None)
    reader = LogReader(storage.log, Follower(storage.log), asked, start(storage.log, asked))
    assert [entry.act for entry in storage.audit.page()] == ["log.restored"]
    assert reader.read().lost == Lost(2, 3)
    assert [event.url for event in reader.read().events] == urls(*names)
    storage.close()
