"""Where entities were last told about: the same on every engine."""

import pytest
from service_kit.tokens import digest

from bus.storage import Storage
from tests.bus.samples import publication


@pytest.fixture
def ada(storage: Storage) -> int:
    storage.clients.add_token("ada", digest("ada"))
    return storage.clients.find(digest("ada"))[1].id


def publish(storage: Storage, client: int, *names: str, topic: str = "bids") -> None:
    urls = [f"https://x.example/{name}" for name in names]
    assert storage.log.append([publication(client, *urls, topic=topic)]) == [None]


def after(storage: Storage, position: int, *topics: str, limit: int = 10) -> list[tuple[str, int]]:
    found = storage.entity_index.after(position, topics or None, limit)
    return [(url.rpartition("/")[2], position) for _, _, url, position in found]


def test_an_entity_is_where_it_was_last_told_about(storage: Storage, ada: int) -> None:
    publish(storage, ada, "a", "b", "a", "c")
    assert after(storage, 0) == [("b", 2), ("a", 3), ("c", 4)]
    publish(storage, ada, "b")
    assert after(storage, 0) == [("a", 3), ("c", 4), ("b", 5)]
    assert after(storage, 3) == [("c", 4), ("b", 5)]


def test_one_url_on_two_topics_is_two_entities(storage: Storage, ada: int) -> None:
    publish(storage, ada, "a")
    publish(storage, ada, "a", topic="orders")
    assert after(storage, 0) == [("a", 1), ("a", 2)]
    assert after(storage, 0, "orders") == [("a", 2)]
    assert after(storage, 0, "orders", "bids", limit=1) == [("a", 1)]


@pytest.mark.parametrize("entities", [1, 5, 300])
def test_many_at_once_are_each_where_they_were_last(
    storage: Storage, ada: int, entities: int
) -> None:
    publish(storage, ada, *(str(number % entities) for number in range(600)))
    found = after(storage, 0, limit=999)
    assert found == [
        (str((600 - entities + n) % entities), 601 - entities + n) for n in range(entities)
    ]


def test_whoever_reads_on_meets_what_moved_meanwhile(storage: Storage, ada: int) -> None:
    publish(storage, ada, "a", "b", "c")
    first = after(storage, 0, limit=2)
    publish(storage, ada, "a", "c")
    assert [*first, *after(storage, first[-1][1])] == [("a", 1), ("b", 2), ("a", 4), ("c", 5)]


def test_an_entity_is_trimmed_with_its_last_event(storage: Storage, ada: int) -> None:
    publish(storage, ada, "a", "b", "a", "c")
    storage.log.trim(before=3)
    assert after(storage, 0) == [("a", 3), ("c", 4)]
    storage.log.trim(before=99)
    assert after(storage, 0) == [("c", 4)]


def test_between_two_places_each_entity_is_told_by_type_and_by_topic(
    storage: Storage, ada: int
) -> None:
    publish(storage, ada, "a", "b", "a")
    storage.log.append([publication(ada, "https://x.example/a", type="delete")])
    publish(storage, ada, "a", topic="orders")

    def between(after: int, upto: int, *topics: str) -> list[tuple[str, str, int]]:
        found = storage.entity_index.between(after, upto, topics or None)
        return sorted((f"{topic}.{type}", url[-1], place) for topic, type, url, place in found)

    a, b, gone = ("bids.create", "a", 3), ("bids.create", "b", 2), ("bids.delete", "a", 4)
    ordered = ("orders.create", "a", 5)
    assert between(0, 99) == [a, b, gone, ordered]
    assert between(0, 99, "bids") == [a, b, gone]
    assert between(0, 99, "bids", "orders") == [a, b, gone, ordered]
    assert between(2, 4) == [a, gone]
    assert between(0, 1) == [("bids.create", "a", 1)]


def test_events_are_found_by_their_places_in_order_without_those_that_are_gone(
    storage: Storage, ada: int
) -> None:
    publish(storage, ada, *map(str, range(1, 1_101)))
    storage.log.trim(before=3)
    wanted = [1, 2, 3, *range(5, 1_101), 2_000]
    found = [event.position for event in storage.entity_index.at(wanted)]
    assert found == [3, *range(5, 1_101)]
    assert storage.entity_index.at([]) == []
