"""Which listener gets which events."""

from __future__ import annotations

import pytest
from bus_drain import RESYNC, Event, Listeners, SomeFailed, each
from bus_drain.layers.listen import batches, listener_of
from service_kit.errors import StoreUnavailable

from tests.clients.bus_drain.conftest import Heard, failing, made


def events(*topics: str) -> list[Event]:
    return [made(number, topic=topic) for number, topic in enumerate(topics)]


def ids(heard: Heard) -> list[list[str | None]]:
    return [[event.id for event in batch] for batch in heard.batches]


def test_each_listener_gets_its_topic_only_and_in_order() -> None:
    bids, auctions = Heard(), Heard()

    Listeners({"bids": bids, "auctions": auctions})(events("bids", "auctions", "bids"))

    assert ids(bids) == [["0", "2"]]
    assert ids(auctions) == [["1"]]


def test_the_star_takes_every_other_topic_as_one_batch() -> None:
    bids, rest = Heard(), Heard()

    Listeners({"bids": bids, "*": rest})(events("auctions", "bids", "customers"))

    assert ids(rest) == [["0", "2"]]


@pytest.mark.parametrize(
    ("names", "name"),
    [
        ({"bids.create", "bids", "*"}, "bids.create"),
        ({"bids.update", "bids", "*"}, "bids"),
        ({"bids.update", "*"}, "*"),
        ({"bids.update", "bid", "bidss"}, None),
    ],
)
def test_the_most_exact_name_wins(names: set[str], name: str | None) -> None:
    assert listener_of("bids", "create", frozenset(names)) == name


def test_events_of_one_url_keep_their_order_across_listeners() -> None:
    told: list[tuple[str, str | None]] = []
    listeners = {
        name: (lambda batch, name=name: told.extend((name, one.id) for one in batch))
        for name in ("bids.create", "bids")
    }
    batch = [
        made(1, url="https://a.example/1", type="update"),
        made(2, url="https://a.example/2", type="create"),
        made(3, url="https://a.example/2", type="update"),
        made(4, url="https://a.example/2", type="create"),
        made(5, url="https://a.example/3", type="create"),
    ]

    Listeners(listeners)(batch)

    of_two = [id_ for _, id_ in told if id_ in {"2", "3", "4"}]
    assert of_two == ["2", "3", "4"]
    assert len(told) == 5


def test_batches_are_split_only_where_order_needs_it() -> None:
    names = frozenset({"bids", "auctions"})
    mixed = events(*["bids", "auctions"] * 50)

    assert [len(batch) for _, batch in batches(mixed, names)] == [50, 50]


def test_events_nobody_listens_to_are_settled() -> None:
    assert Listeners({})(events("bids")).failed == ()


def test_a_failing_listener_fails_its_own_events_and_no_others() -> None:
    bids, auctions = Heard(error=OSError("disk full")), Heard()

    outcome = Listeners({"bids": bids, "auctions": auctions})(events("bids", "auctions"))

    assert [e.topic for e in outcome.failed] == ["bids"]
    assert len(auctions.batches) == 1


def test_a_listener_may_fail_for_some_of_its_events() -> None:
    outcome = Listeners({"bids": failing("1")})(events("bids", "bids", "bids"))

    assert [e.id for e in outcome.failed] == ["1"]


@pytest.mark.parametrize("named", [(), (made(99),)])
def test_a_listener_that_names_none_of_its_events_fails_for_all(named: tuple[Event, ...]) -> None:
    def mistaken(batch: object) -> None:
        raise SomeFailed(named)

    assert len(Listeners({"bids": mistaken})(events("bids", "bids")).failed) == 2


def test_each_event_fails_on_its_own_and_keeps_order_within_its_url() -> None:
    handled: list[str | None] = []

    def on_event(event: Event) -> None:
        if event.id == "1":
            raise OSError("disk full")
        handled.append(event.id)

    batch = [
        made(0, url="https://a.example/a"),
        made(1, url="https://a.example/b"),
        made(2, url="https://a.example/a"),
        made(3, url="https://a.example/b"),
    ]
    outcome = Listeners({"bids": each(on_event)})(batch)

    assert handled == ["0", "2"]
    assert [e.id for e in outcome.failed] == ["1", "3"]


def test_a_store_that_is_away_fails_its_listener_and_says_that_it_is_the_store() -> None:
    bids, auctions = Heard(error=StoreUnavailable("away")), Heard()

    outcome = Listeners({"bids": bids, "auctions": auctions})(events("bids", "auctions", "bids"))

    assert [e.id for e in outcome.failed] == ["0", "2"]
    assert outcome.unavailable
    assert len(auctions.batches) == 1
    assert not Listeners({"bids": Heard(error=OSError("disk full"))})(events("bids")).unavailable


def test_a_store_that_is_away_for_one_event_fails_that_event() -> None:
    def on_event(event: Event) -> None:
        if event.id == "1":
            raise StoreUnavailable("away")

    outcome = Listeners({"bids": each(on_event)})(events("bids", "bids", "bids"))

    assert [e.id for e in outcome.failed] == ["1"]


def resync() -> Event:
    return made(9, topic="bus", type="resync", data={"from": 3, "to": 41})


def test_a_resync_that_nobody_listens_to_is_an_error_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert not Listeners({"bids": Heard()})([resync(), made(1, topic="bids")]).failed

    (said,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert "'from': 3, 'to': 41" in said.getMessage()
    assert "bus.resync" in said.getMessage()


@pytest.mark.parametrize("name", [RESYNC, "bus"])
def test_whoever_listens_to_resyncs_gets_them_and_nothing_is_said(
    caplog: pytest.LogCaptureFixture, name: str
) -> None:
    heard = Heard()

    Listeners({"bids": Heard(), name: heard})([resync()])

    assert [event.data for batch in heard.batches for event in batch] == [{"from": 3, "to": 41}]
    assert caplog.records == []


def test_what_the_bus_says_to_the_receiver_is_for_none_who_takes_what_entities_do() -> None:
    every_other, of_tests = Heard(), Heard()
    test = made(1, topic="bus", type="noop", data={"test": True})
    report = made(2, topic="bus", type="update", data={"state": "failing"})

    assert not Listeners({"*": every_other})([test, resync(), report]).failed
    assert not Listeners({"*": Heard(), "bus.noop": of_tests})([test, resync(), report]).failed

    assert every_other.batches == [[report]]
    assert of_tests.batches == [[test]]


def test_other_words_of_the_bus_are_no_error(caplog: pytest.LogCaptureFixture) -> None:
    Listeners({"bids": Heard()})([made(1, topic="bus", type="noop", data={"test": True})])

    assert caplog.records == []
