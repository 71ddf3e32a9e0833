"""Callers that ask for the same at once, as all workers of a client do when they start."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
from service_kit.tokens import digest

from bus.errors import TopicTaken
from bus.model.subscription import StartAt, StartPosition
from bus.storage import Storage, open_storage
from bus.subscriptions.lifecycle import subscribe
from tests.bus.clock import FakeClock
from tests.bus.samples import publication, wanted

CALLERS = 8


def at_once(call: Callable[[int], object]) -> list[object]:
    """What each caller got."""
    barrier = threading.Barrier(CALLERS)

    def one(number: int) -> object:
        barrier.wait(10)
        return call(number)

    with ThreadPoolExecutor(CALLERS) as pool:
        return list(pool.map(one, range(CALLERS)))


def test_a_client_that_is_named_at_once_is_one_client(storage: Storage) -> None:
    at_once(lambda number: storage.clients.add_token("ada", digest(f"token-{number % 2}")))
    assert [one.name for one in storage.clients.tokens()].count("ada") == 2
    assert storage.clients.find(digest("token-0"))[1] == storage.clients.find(digest("token-1"))[1]


def test_a_client_that_subscribes_at_once_has_one_subscription(storage: Storage) -> None:
    storage.clients.add_token("ada", digest("token"))
    ada = storage.clients.id_of("ada")
    topics = ("bids", *(f"topic_{'abcdefgh'[number]}" for number in range(CALLERS)))
    request = wanted("https://x.example/", *topics)
    for start in (StartAt.NOW, StartAt.SNAPSHOT):
        name = start.value
        made = at_once(
            lambda _: subscribe(storage, ada, name, request, StartPosition(start), "whsec_x")  # noqa: B023
        )
        assert sorted(map(bool, made)) == [False] * (CALLERS - 1) + [True]
    assert len(storage.overviews.of_client("ada")) == 2


def test_a_topic_that_is_claimed_and_published_to_at_once_has_one_owner(storage: Storage) -> None:
    names = [f"client-{number}" for number in range(CALLERS)]
    for name in names:
        storage.clients.add_token(name, digest(name))
    ids = [storage.clients.id_of(name) for name in names]

    def have(number: int, topic: str) -> bool:
        if number % 2:
            refusal = storage.log.append(
                [publication(ids[number], "https://x.example/", topic=topic)]
            )
            return refusal == [None]
        try:
            storage.topics.claim([topic], ids[number])
        except TopicTaken:
            return False
        return True

    for topic in ("one", "two", "three", "four", "five", "six"):
        won = at_once(lambda number: have(number, topic))  # noqa: B023
        owner = next(one.publisher for one in storage.topics.all() if one.name == topic)
        assert [name for name, has in zip(names, won, strict=True) if has] == [owner]


def test_topics_that_are_claimed_at_once_in_any_order_are_whole(storage: Storage) -> None:
    storage.clients.add_token("ada", digest("ada"))
    storage.clients.add_token("eve", digest("eve"))
    topics = ["a", "b", "c"]

    def claim(number: int) -> bool:
        who = storage.clients.id_of(("ada", "eve")[number % 2])
        try:
            storage.topics.claim(topics[:: (1, -1)[number % 2]], who)
        except TopicTaken:
            return False
        return True

    won = at_once(claim)
    assert len({one.publisher for one in storage.topics.all()}) == 1
    assert sorted(map(bool, won)) == [False] * 4 + [True] * 4


def test_a_client_subscribes_while_its_first_event_is_being_published(
    postgres_database: str, clock: FakeClock
) -> None:
    storage = open_storage(postgres_database, clock)
    storage.clients.add_token("ada", digest("token"))
    ada, at = storage.clients.id_of("ada"), StartPosition(StartAt.NOW)
    with psycopg.connect(postgres_database) as publishing, ThreadPoolExecutor(1) as pool:
        # What the foreign key of a new topic takes, in a transaction that has the log's lock.
        publishing.execute("SELECT 1 FROM clients WHERE id = %s FOR KEY SHARE", (ada,))
        request = wanted("https://x.example/")
        made = pool.submit(subscribe, storage, ada, "one", request, at, "whsec_x")
        try:
            assert made.result(20)
        finally:
            publishing.rollback()
    storage.close()


def test_what_is_asked_of_a_subscription_at_once_is_done(storage: Storage) -> None:
    storage.clients.add_token("ada", digest("token"))
    ada = storage.clients.id_of("ada")
    subscribe(
        storage, ada, "one", wanted("https://x.example/"), StartPosition(StartAt.NOW), "whsec_x"
    )
    found = storage.subscriptions.find(ada, "one")

    def ask(number: int) -> None:
        storage.subscriptions.want_test(found)
        storage.subscriptions.pause(found)
        storage.subscriptions.seek(found, StartPosition(StartAt.BEGINNING))
        storage.subscriptions.resume(found)

    at_once(ask)
