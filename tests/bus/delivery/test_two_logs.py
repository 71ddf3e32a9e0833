"""A subscription gets the events of every log, a batch those of one (docs/delivery.md D38)."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from service_kit.errors import ConfigError

from bus.model.delivery import Overview
from bus.model.subscription import NOW, StartAt, StartPosition
from bus.model.topic import TopicAbout
from bus.storage import Logs, Storage, open_logs
from bus.subscriptions import every_log
from bus.subscriptions.validation import Wanted
from tests.bus.clock import START_MS, FakeClock
from tests.bus.delivery.pushing import SECRET, Driven, client_id, subscribe, urls
from tests.bus.receiver import Receiver, Reply
from tests.bus.samples import publication, wanted

_BOTH = ("bids", "views")
ON_BOTH_ENGINES = pytest.mark.parametrize("url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(params=["sqlite"])
def url(request: pytest.FixtureRequest) -> str:
    """The URL of the database at home, on one engine where a test doesn't ask for both."""
    fixture = {"sqlite": "sqlite_file", "postgresql": "postgres_database"}[request.param]
    found: str = request.getfixturevalue(fixture)
    return found


@pytest.fixture
def pushers(logs: Logs, clock: FakeClock) -> Iterator[list[Driven]]:
    """One for each log."""
    logs.claim(["bids"], client_id(logs.home, "publisher"), TopicAbout())
    logs.claim(["views"], client_id(logs.home, "publisher"), TopicAbout(log="two"))
    made = [Driven(store, clock, log=name) for name, store in logs]
    yield made
    for one in made:
        one.pusher.close()


@ON_BOTH_ENGINES
def test_events_of_two_logs_come_in_batches_of_their_own(
    logs: Logs, pushers: list[Driven], receiver: Receiver
) -> None:
    _subscribe(logs, receiver.url)
    _publish(logs.home, "bids", "1", "2")
    _publish(logs.store("two"), "views", "3", "4")
    _until(pushers, receiver, 4)
    told = {one.headers["bus-log"]: one for one in receiver.deliveries}
    assert told["main"].urls == urls("1", "2")
    assert told["two"].urls == urls("3", "4")
    assert told["main"].headers["bus-position"] == told["two"].headers["bus-position"] == "2"
    assert told["main"].headers["webhook-id"] != told["two"].headers["webhook-id"]
    assert len({event["id"] for one in receiver.deliveries for event in one.events}) == 4


def test_what_fails_of_one_log_keeps_nothing_of_another_back(
    logs: Logs, pushers: list[Driven], receiver: Receiver
) -> None:
    receiver.decide = lambda one: Reply(500 if one.headers["bus-log"] == "two" else 204)
    _subscribe(logs, receiver.url)
    _publish(logs.store("two"), "views", "1")
    _until(pushers, receiver, 1)
    _publish(logs.home, "bids", "2")
    _until(pushers, receiver, 2)
    for one in pushers:
        one.rounds(3)
        one.pusher.close()
    assert _overview(logs.home).sent == 1
    assert _overview(logs.store("two")).health.failures == 1


@ON_BOTH_ENGINES
def test_an_endpoint_that_is_gone_gets_nothing_of_any_log(
    logs: Logs, pushers: list[Driven], receiver: Receiver, clock: FakeClock
) -> None:
    receiver.decide = lambda _: Reply(410)
    _subscribe(logs, receiver.url)
    clock.forward(1)
    _publish(logs.store("two"), "views", "1")
    _until(pushers, receiver, 1)
    for one in pushers:
        one.rounds(3)
    logs.copy_registry()
    assert [_overview(store).subscription.state.value for _, store in logs] == ["disabled"] * 2
    assert _overview(logs.home).subscription.reason == "gone"
    clock.forward(1)
    every_log.resume(logs, _overview(logs.home).subscription.id)
    logs.copy_registry()
    assert [_overview(store).subscription.state.value for _, store in logs] == ["active"] * 2


@pytest.mark.parametrize(
    ("start", "events"),
    [
        (NOW, []),
        (StartPosition(StartAt.BEGINNING), ["1", "2", "2"]),
        (StartPosition(StartAt.SNAPSHOT), ["1", "2"]),
        (StartPosition(StartAt.TIME, START_MS + 5), ["2"]),
        (StartPosition(StartAt.POSITION, 1), []),
    ],
)
def test_where_a_subscription_begins_it_begins_in_every_log(
    logs: Logs,
    pushers: list[Driven],
    receiver: Receiver,
    clock: FakeClock,
    start: StartPosition,
    events: list[str],
) -> None:
    _publish(logs.store("two"), "views", "1", "2")
    clock.forward(5)
    _publish(logs.store("two"), "views", "2")
    _subscribe(logs, receiver.url, start=start)
    _publish(logs.store("two"), "views", "new")
    _until(pushers, receiver, len(events) + 1)
    assert receiver.urls == urls(*events, "new")


def test_what_is_sought_is_sought_in_every_log_and_a_position_at_home(
    logs: Logs, pushers: list[Driven], receiver: Receiver
) -> None:
    _subscribe(logs, receiver.url)
    _publish(logs.home, "bids", "1")
    _publish(logs.store("two"), "views", "2")
    _until(pushers, receiver, 2)
    ours = _overview(logs.home).subscription.id
    every_log.seek(logs, ours, StartPosition(StartAt.POSITION, 0))
    _until(pushers, receiver, 3)
    assert receiver.urls[2:] == urls("1")
    every_log.seek(logs, ours, StartPosition(StartAt.BEGINNING))
    _until(pushers, receiver, 5)
    assert sorted(receiver.urls[3:]) == urls("1", "2")


@ON_BOTH_ENGINES
def test_a_changed_subscription_is_changed_in_every_log(
    logs: Logs, pushers: list[Driven], receiver: Receiver
) -> None:
    _subscribe(logs, receiver.url)
    _subscribe(logs, receiver.url, "views.update")
    _publish(logs.home, "bids", "1")
    _publish(logs.store("two"), "views", "2")
    _publish(logs.store("two"), "views", "3", type="update")
    _until(pushers, receiver, 1)
    assert receiver.urls == urls("3")
    every_log.delete(logs, client_id(logs.home, "subscriber"))
    assert [store.overviews.every() for _, store in logs] == [[], []]


@ON_BOTH_ENGINES
def test_a_log_that_was_away_hears_what_was_registered_meanwhile(
    logs: Logs, storage: Storage, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url)  # by a process that doesn't reach the log
    two = logs.store("two")
    assert two.overviews.every() == []
    logs.copy_registry()
    before = two.leases.registry_version()
    logs.copy_registry()
    assert [one.subscription.client for one in two.overviews.every()] == ["subscriber"]
    assert two.leases.registry_version() == before


def test_a_database_is_one_logs_and_remembers_it(
    logs: Logs, url: str, another_url: str, clock: FakeClock
) -> None:
    logs.copy_registry()
    for urls_of, word in (
        ({"three": another_url}, "that of two"),
        ({"two": url}, "bus of its own"),
    ):
        wrong = open_logs(another_url, urls_of, clock)
        with closing(wrong), pytest.raises(ConfigError, match=word):
            wrong.copy_registry()


def _subscribe(logs: Logs, callback: str, *topics: str, start: StartPosition = NOW) -> None:
    asked = Wanted(wanted(callback, *(topics or _BOTH)), start, SECRET)
    every_log.put(logs, client_id(logs.home, "subscriber"), "default", asked, START_MS)


def _publish(store: Storage, topic: str, *names: str, type: str = "create") -> None:
    told = publication(client_id_at(store), *urls(*names), topic=topic, type=type)
    assert store.log.append([told]) == [None]


def client_id_at(store: Storage) -> int:
    """The publisher's, which is the same in every log."""
    return store.clients.id_of("publisher")


def _until(pushers: list[Driven], receiver: Receiver, count: int) -> None:
    def arrived() -> bool:
        for one in pushers:
            one.round()
        return len(receiver.urls) >= count

    pushers[0].until(arrived, f"{count} events")


def _overview(store: Storage) -> Overview:
    return store.overviews.one("subscriber", "default")
