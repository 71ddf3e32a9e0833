"""Subscriptions as they are looked at: how much waits, since when, and how they are listed."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from bus.errors import NotFound
from bus.model.delivery import HEALTHY, Cursor, Lag, Overview
from bus.model.subscription import ListedSubscription, State
from bus.model.topic_filter import TopicFilter
from bus.storage import Storage
from bus.storage.overview import as_listed
from bus.storage.tables import cursors, subscriptions
from tests.bus.delivery.pushing import publishing, subscribe
from tests.bus.samples import subscription

CALLBACK = "https://s.example/"
SEEN = Overview(subscription(), Cursor(0, 0), HEALTHY, Lag(3, 40), 7, None, 2, 90, 1)


def test_in_a_list_what_is_ahead_and_what_is_parked_waits() -> None:
    one = subscription(
        filters=(
            TopicFilter("bids"),
            TopicFilter("gone", until=9),
            TopicFilter("a", type="create"),
        ),
        timeout_ms=5,
        max_events=6,
    )
    assert as_listed(replace(SEEN, subscription=one)) == ListedSubscription(
        "subscriber", one.callback, ("bids", "a.create"), 7, 5, 90, 6, 5
    )
    named = replace(one, name="other")
    assert as_listed(replace(SEEN, subscription=named)).subscriber == "subscriber/other"


@pytest.mark.parametrize(
    ("ahead_ms", "parked_ms", "oldest_ms"),
    [(40, 90, 90), (90, 40, 90), (None, 40, 40), (40, None, 40), (None, None, None), (0, None, 0)],
)
def test_the_oldest_that_waits_is_ahead_or_parked(
    ahead_ms: int | None, parked_ms: int | None, oldest_ms: int | None
) -> None:
    one = replace(SEEN, lag=Lag(3, ahead_ms), parked_oldest_ms=parked_ms)
    assert as_listed(one).oldest_ms == oldest_ms


def names(found: list[Overview]) -> list[str]:
    return [f"{one.subscription.client}/{one.subscription.name}" for one in found]


@pytest.fixture
def many(storage: Storage) -> None:
    """Five subscriptions of two clients."""
    for name in ("c", "a", "b"):
        subscribe(storage, CALLBACK, "bids", name=name)
    subscribe(storage, CALLBACK, "orders.create", by="stranger", name="d")
    subscribe(storage, CALLBACK, "*", by="stranger", name="e")


@pytest.mark.usefixtures("many")
def test_they_are_listed_by_client_and_name_page_by_page(storage: Storage) -> None:
    overviews = storage.overviews
    every = ["stranger/d", "stranger/e", "subscriber/a", "subscriber/b", "subscriber/c"]
    assert names(overviews.every()) == names(overviews.page()) == every
    assert names(overviews.visible_to(None)) == every
    assert names(overviews.visible_to("subscriber")) == every[2:]
    assert names(overviews.page("subscriber", limit=2)) == every[2:4]
    assert names(overviews.page("subscriber", after=("subscriber", "b"), limit=2)) == every[4:]
    assert names(overviews.page(after=("stranger", "e"))) == every[2:]
    assert [one.subscriber for one in overviews.listed("stranger")] == every[:2]
    assert list(overviews.clients()) == ["stranger", "subscriber"]
    assert list(overviews.clients("stranger")) == ["subscriber"]
    assert list(overviews.clients(limit=1)) == ["stranger"]


@pytest.mark.usefixtures("many")
def test_those_that_get_a_topic_are_those_of_it_and_of_every_topic(storage: Storage) -> None:
    of_topic = {
        topic: names(storage.overviews.page(topic=topic)) for topic in ("bids", "orders", "other")
    }
    assert of_topic == {
        "bids": ["stranger/e", "subscriber/a", "subscriber/b", "subscriber/c"],
        "orders": ["stranger/d", "stranger/e"],
        "other": ["stranger/e"],
    }


@pytest.mark.usefixtures("many")
def test_who_needs_somebody_first_comes_first(storage: Storage) -> None:
    def change(name: str, state: State = State.ACTIVE, **fields: int) -> None:
        ours = subscriptions.c.name == name
        found = storage.overviews.those(ours)[0].subscription.id
        with storage.engine.begin() as connection:
            connection.execute(update(subscriptions).where(ours).values(state=state.value))
            connection.execute(
                update(cursors).where(cursors.c.subscription_id == found).values(**fields)
            )

    change("b", State.DISABLED, position=9)
    change("d", failures=2, position=8)
    change("e", dead_letters=1, position=7)
    change("c", parked_events=1, position=6)
    change("a", position=0)
    expected = ["subscriber/b", "stranger/d", "stranger/e", "subscriber/c", "subscriber/a"]
    overviews = storage.overviews
    assert names(overviews.worst(None, 9)) == expected
    assert names(overviews.worst(None, 2)) == expected[:2]
    assert names(overviews.worst("subscriber", 9)) == [expected[0], *expected[3:]]
    assert overviews.conditions(None) == {"active": 3, "paused": 0, "disabled": 1, "failing": 1}
    assert overviews.conditions("stranger") == {
        "active": 1,
        "paused": 0,
        "disabled": 0,
        "failing": 1,
    }
    by_condition = {name: names(overviews.page(condition=name)) for name in ("failing", "disabled")}
    assert by_condition == {"failing": ["stranger/d"], "disabled": ["subscriber/b"]}


@pytest.mark.usefixtures("many")
def test_one_is_found_by_its_client_and_name(storage: Storage) -> None:
    assert storage.overviews.one("subscriber", "a").subscription.name == "a"
    for client, name in (("subscriber", "d"), ("nobody", "a")):
        with pytest.raises(NotFound, match="no such subscription"):
            storage.overviews.one(client, name)


def test_what_waits_is_counted_by_rows_with_what_is_parked_and_left_of_a_snapshot(
    storage: Storage,
) -> None:
    publish = publishing(storage)
    publish("a", "b", "c")
    subscribe(storage, CALLBACK, "bids.create")
    publish("d", "e", type="update")
    publish("f", "g")
    one = storage.overviews.one("subscriber", "default")
    assert (one.lag.events, storage.overviews.count_waiting(one)) == (4, 2)
    assert storage.overviews.count_waiting(replace(one, parked=5)) == 7
    storage.snapshots.store(one.subscription.id, [1, 2])
    from_snapshot = replace(one, cursor=Cursor(0, 0, snapshot_upto=3))
    assert storage.overviews.count_waiting(from_snapshot) == 4


def test_more_than_are_asked_for_in_one_statement_are_all_listed(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bus.storage.overview._AT_ONCE", 2)
    for name in "abcde":
        subscribe(storage, CALLBACK, f"of_{name}", name=name)
    found = storage.overviews.page()
    assert [sorted(one.subscription.topics or ()) for one in found] == [
        [f"of_{name}"] for name in "abcde"
    ]
    assert [one.subscription.name for one in storage.overviews.every()] == list("abcde")
