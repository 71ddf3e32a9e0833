"""Clients, topics and subscriptions as the store keeps them."""

import os
from dataclasses import replace

import pytest
from service_kit.database import connect, reading, writing
from service_kit.tokens import digest
from sqlalchemy import select, update

from bus.errors import BadClient, NotFound, TopicTaken
from bus.model.subscription import ListedSubscription
from bus.storage import Storage, open_storage
from bus.storage.tables import cursors, metadata
from tests.bus.clock import FakeClock
from tests.bus.conftest import TOKENS
from tests.bus.samples import publication, wanted

CALLBACK = "https://subscriber.example/events"


def client_id(storage: Storage, name: str) -> int:
    found = storage.clients.find(digest(TOKENS[name]))
    assert found is not None
    return found[1].id


@pytest.fixture
def publisher(storage: Storage) -> int:
    return client_id(storage, "publisher")


@pytest.fixture
def subscriber(storage: Storage) -> int:
    return client_id(storage, "subscriber")


def state(storage: Storage) -> ListedSubscription:
    (only,) = storage.overviews.listed()
    return only


def test_a_token_is_kept_as_a_digest_only(storage: Storage, url: str) -> None:
    engine = connect(url)
    with reading(engine) as connection:
        stored = [
            repr(row)
            for table in metadata.sorted_tables
            for row in connection.execute(select(table))
        ]
    engine.dispose()
    assert any(digest(TOKENS["publisher"]) in row for row in stored)
    assert not any(TOKENS["publisher"] in row for row in stored)


def test_adding_a_token_twice_is_adding_it_once(storage: Storage) -> None:
    storage.clients.add_token("publisher", digest(TOKENS["publisher"]))
    assert [one.name for one in storage.clients.tokens()] == list(TOKENS)


def test_a_client_may_have_two_tokens(storage: Storage, publisher: int) -> None:
    storage.clients.add_token("publisher", digest("another"))
    found = storage.clients.find(digest("another"))
    assert found is not None
    assert found[1].id == publisher


def test_a_token_of_one_client_is_not_given_to_another(storage: Storage) -> None:
    with pytest.raises(BadClient):
        storage.clients.add_token("eve", digest(TOKENS["publisher"]))
    assert "eve" not in [one.name for one in storage.clients.tokens()]


def test_with_the_last_token_goes_the_subscription(storage: Storage, subscriber: int) -> None:
    storage.subscriptions.replace(subscriber, wanted(CALLBACK), "whsec_a")
    storage.clients.add_token("subscriber", digest("another"))
    storage.clients.remove_token(storage.clients.token(digest(TOKENS["subscriber"])).id)
    assert storage.overviews.listed()
    storage.clients.remove_token(storage.clients.token(digest("another")).id)
    assert storage.overviews.listed() == []


def test_a_client_that_lost_its_token_keeps_its_topics(storage: Storage, publisher: int) -> None:
    storage.log.append([publication(publisher, "https://x.example/1")])
    storage.clients.remove_token(storage.clients.token(digest(TOKENS["publisher"])).id)
    stranger = client_id(storage, "stranger")
    (refusal,) = storage.log.append([publication(stranger, "https://x.example/2")])
    assert isinstance(refusal, TopicTaken)
    storage.clients.add_token("publisher", digest("new"))
    found = storage.clients.find(digest("new"))
    assert found is not None
    assert storage.log.append([publication(found[1].id, "https://x.example/3")]) == [None]


def test_removing_an_unknown_token_changes_nothing(storage: Storage, subscriber: int) -> None:
    storage.subscriptions.replace(subscriber, wanted(CALLBACK), "whsec_a")
    with pytest.raises(NotFound):
        storage.clients.remove_token(storage.clients.token(digest("never seen")).id)
    assert [one.name for one in storage.clients.tokens()] == list(TOKENS)
    assert storage.overviews.listed()


def test_a_deleted_topic_is_free_and_counts_anew(storage: Storage, publisher: int) -> None:
    storage.log.append([publication(publisher, "https://x.example/1")])
    storage.topics.delete("bids", publisher)
    assert storage.topics.all() == []
    stranger = client_id(storage, "stranger")
    assert storage.log.append([publication(stranger, "https://x.example/2")]) == [None]
    (topic,) = storage.topics.all()
    assert (topic.publisher, topic.events) == ("stranger", 1)


def test_only_the_owner_deletes_a_topic(storage: Storage, publisher: int, subscriber: int) -> None:
    storage.log.append([publication(publisher, "https://x.example/1")])
    storage.subscriptions.replace(subscriber, wanted(CALLBACK, "unclaimed"), "whsec_a")
    for topic in ("bids", "unclaimed"):
        with pytest.raises(TopicTaken):
            storage.topics.delete(topic, subscriber)
    with pytest.raises(NotFound):
        storage.topics.delete("never_seen", publisher)


def test_all_topics_are_claimed_or_none(storage: Storage, publisher: int) -> None:
    stranger = client_id(storage, "stranger")
    storage.topics.claim(["bids", "orders"], publisher)
    with pytest.raises(TopicTaken, match="orders belongs to publisher"):
        storage.topics.claim(["auctions", "orders"], stranger)
    assert {one.name: one.publisher for one in storage.topics.all()} == {
        "bids": "publisher",
        "orders": "publisher",
    }


def test_a_topic_is_given_to_another_client_with_its_events(
    storage: Storage, publisher: int
) -> None:
    stranger = client_id(storage, "stranger")
    storage.log.append([publication(publisher, "https://x.example/1")])
    storage.topics.give("bids", stranger)
    (topic,) = storage.topics.all()
    assert (topic.publisher, topic.events) == ("stranger", 1)
    (refusal,) = storage.log.append([publication(publisher, "https://x.example/2")])
    assert isinstance(refusal, TopicTaken)


def test_subscribing_names_topics_that_nobody_publishes_yet(
    storage: Storage, subscriber: int
) -> None:
    storage.subscriptions.replace(subscriber, wanted(CALLBACK, "bids"), "whsec_a")
    (topic,) = storage.topics.all()
    assert (topic.name, topic.publisher, topic.events) == ("bids", None, 0)


def test_a_new_subscription_starts_with_the_next_event(
    storage: Storage, publisher: int, subscriber: int
) -> None:
    storage.log.append([publication(publisher, "https://x.example/1")])
    storage.subscriptions.replace(subscriber, wanted(CALLBACK), "whsec_a")
    assert state(storage).queued == 0
    storage.log.append([publication(publisher, "https://x.example/2")])
    assert state(storage).queued == 1


def test_a_topic_that_is_added_later_starts_then(
    storage: Storage, publisher: int, subscriber: int
) -> None:
    storage.subscriptions.replace(subscriber, wanted(CALLBACK, "bids"), "whsec_a")
    storage.log.append([publication(publisher, "https://x.example/1", topic="orders")])
    storage.log.append([publication(publisher, "https://x.example/1")])
    storage.subscriptions.replace(subscriber, wanted(CALLBACK, "bids", "orders"), "whsec_b")
    assert state(storage).queued == 1
    storage.log.append([publication(publisher, "https://x.example/1", topic="orders")])
    assert state(storage).queued == 2


def test_subscribing_again_keeps_the_place_and_the_secret(
    storage: Storage, publisher: int, subscriber: int
) -> None:
    storage.subscriptions.replace(subscriber, wanted(CALLBACK), "whsec_a")
    storage.log.append([publication(publisher, "https://x.example/1")])
    storage.subscriptions.replace(subscriber, wanted("https://new.example/"), "whsec_b")
    assert state(storage).queued == 1
    assert state(storage).callback == "https://new.example/"
    assert storage.subscriptions.secrets(subscriber).current == "whsec_a"


def test_subscribing_replaces_the_topics(storage: Storage, subscriber: int) -> None:
    storage.subscriptions.replace(subscriber, wanted(CALLBACK, "bids", "orders"), "whsec_a")
    storage.subscriptions.replace(subscriber, wanted(CALLBACK, "orders", "other"), "whsec_a")
    assert state(storage).topics == ("orders", "other")


def test_the_backlog_is_counted_in_events_and_in_age(
    storage: Storage, publisher: int, subscriber: int, clock: FakeClock
) -> None:
    storage.subscriptions.replace(subscriber, wanted(CALLBACK, "bids", "orders"), "whsec_a")
    assert (state(storage).queued, state(storage).oldest_ms) == (0, None)
    storage.log.append([publication(publisher, "https://x.example/1", topic="other")])
    storage.log.append([publication(publisher, "https://x.example/1", "https://x.example/2")])
    clock.forward(1_500)
    storage.log.append([publication(publisher, "https://x.example/3", topic="orders")])
    clock.forward(500)
    assert (state(storage).queued, state(storage).oldest_ms) == (3, 2_000)


def test_what_a_deleted_topic_had_still_waits_for_its_subscribers(
    storage: Storage, publisher: int, subscriber: int
) -> None:
    storage.subscriptions.replace(subscriber, wanted(CALLBACK), "whsec_a")
    storage.log.append([publication(publisher, "https://x.example/1")])
    storage.topics.delete("bids", publisher)
    storage.log.append([publication(publisher, "https://x.example/2")])
    assert (state(storage).queued, state(storage).topics) == (1, ())


@pytest.mark.parametrize("topics", [("bids",), ("*",), ("bids.create",), ("bids", "*")])
def test_trimmed_events_do_not_upset_the_count(
    storage: Storage, publisher: int, subscriber: int, topics: tuple[str, ...]
) -> None:
    storage.subscriptions.replace(subscriber, wanted(CALLBACK, *topics), "whsec_a")
    storage.log.append(
        [publication(publisher, *(f"https://x.example/{number}" for number in range(5)))]
    )
    storage.log.trim(before=3)
    assert state(storage).queued == 3
    storage.log.trim(before=99)
    assert state(storage).queued == 1


def test_a_secret_is_saved_only_over_the_one_that_was_read(
    storage: Storage, subscriber: int
) -> None:
    from bus.signing import rotate

    storage.subscriptions.replace(subscriber, wanted(CALLBACK), "whsec_a")
    before = storage.subscriptions.secrets(subscriber)
    assert storage.subscriptions.save_secrets(subscriber, before, rotate(before, "whsec_b", 0))
    assert not storage.subscriptions.save_secrets(subscriber, before, rotate(before, "whsec_c", 0))
    assert storage.subscriptions.secrets(subscriber).current == "whsec_b"


def test_without_a_subscription_there_is_nothing_to_change(
    storage: Storage, subscriber: int
) -> None:
    for change in (
        lambda: storage.subscriptions.delete(subscriber),
        lambda: storage.subscriptions.delete_topic(subscriber, "bids"),
        lambda: storage.subscriptions.secrets(subscriber),
    ):
        with pytest.raises(NotFound):
            change()


def test_whoever_subscribes_to_a_deleted_topic_brings_it_back(
    storage: Storage, publisher: int, subscriber: int
) -> None:
    storage.log.append([publication(publisher, "https://x.example/1")])
    storage.topics.delete("bids", publisher)
    assert [topic.name for topic in storage.topics.all()] == []
    storage.subscriptions.replace(subscriber, wanted(CALLBACK, "bids", "new"), "whsec_a")
    assert [topic.name for topic in storage.topics.all()] == ["bids", "new"]


def test_a_store_that_is_closed_has_closed_all_it_opened(url: str, publisher: int) -> None:
    def opened_and_closed() -> int:
        other = open_storage(url, FakeClock())
        other.log.append([publication(publisher, "https://x.example/1")])
        other.overviews.every()
        other.topics.all()
        other.attempts.add([], 0)
        other.close()
        return len(os.listdir("/proc/self/fd"))

    first = opened_and_closed()
    assert [opened_and_closed() for _ in range(3)] == [first] * 3


@pytest.mark.parametrize("how", ["resumed", "asked for again"])
def test_who_is_called_back_is_well_again_and_who_delivers_meanwhile_cannot_settle(
    storage: Storage, url: str, subscriber: int, how: str
) -> None:
    storage.subscriptions.replace(subscriber, wanted(CALLBACK), "whsec_a")
    ours = storage.overviews.one("subscriber", "default").subscription.id

    def back_off() -> tuple[int, int, int]:
        engine = connect(url)
        with reading(engine) as connection:
            found = connection.execute(select(cursors)).one()
        engine.dispose()
        return found.failures, found.retry_at_ms, found.fence

    engine = connect(url)
    with writing(engine) as connection:
        connection.execute(update(cursors).values(failures=3, retry_at_ms=99, fence=7))
    engine.dispose()
    if how == "resumed":
        storage.subscriptions.resume(ours)
    else:
        storage.subscriptions.replace(subscriber, wanted(CALLBACK), "whsec_a")
    assert back_off() == (0, 0, 8)


def test_how_many_wait_counts_the_events_of_the_own_topics_alone(
    storage: Storage, publisher: int, subscriber: int
) -> None:
    for topic in ("orders", "bids", "orders", "orders"):
        storage.log.append([publication(publisher, "https://x.example/0", topic=topic)])
    storage.subscriptions.replace(subscriber, wanted(CALLBACK, "bids"), "whsec_a")
    for topic in ("orders", "bids", "orders", "bids", "bids", "orders", "orders"):
        storage.log.append([publication(publisher, "https://x.example/1", topic=topic)])
    assert storage.overviews.one("subscriber", "default").lag.events == 3


@pytest.mark.parametrize("number", [2**31, 2**53 - 1])
def test_a_number_larger_than_any_id_is_no_tokens(storage: Storage, number: int) -> None:
    assert storage.clients.tokens(after=number) == []
    with pytest.raises(NotFound):
        storage.clients.token(number)


def test_publishers_are_told_by_topic_and_deleted_or_unowned_topics_have_none(
    storage: Storage, publisher: int, subscriber: int
) -> None:
    storage.topics.claim(["bids", "offers", "old"], publisher)
    storage.topics.delete("old", publisher)
    storage.subscriptions.replace(subscriber, wanted(CALLBACK, "later"), "whsec_x")
    assert storage.topics.publishers() == {"bids": "publisher", "offers": "publisher"}
    assert storage.topics.publishers(["bids", "later", "old"]) == {"bids": "publisher"}
    assert storage.topics.publishers([]) == {}


def test_where_a_subscription_goes_is_known_of_one_that_is_pushed(
    storage: Storage, subscriber: int
) -> None:
    assert storage.subscriptions.endpoint(subscriber, "default") is None
    asked = wanted(CALLBACK)
    storage.subscriptions.replace(subscriber, asked, "whsec_x")
    assert storage.subscriptions.endpoint(subscriber, "default") == (CALLBACK, "u-1")
    storage.subscriptions.replace(subscriber, replace(asked, callback="", uuid=""), "whsec_x")
    assert storage.subscriptions.endpoint(subscriber, "default") is None
