"""What is appended to PostgreSQL in one call is what would be in two; what is not plain, is not."""

import dataclasses
import re
from collections.abc import Sequence
from typing import Any

import pytest
from service_kit.tokens import digest

from bus.log import postgres
from bus.log.appended import Appended
from bus.log.postgres_plain import MOST_EVENTS, Plain, append_plain
from bus.model.event import Publication, PublishKey
from bus.storage import Storage
from tests.bus.log.test_postgres import break_connections
from tests.bus.samples import publication

TRACE = f"00-{'ab' * 16}-{'cd' * 8}-01"
TABLES = {
    "events": "position, topic, number, type, url, published_at_ms, traceparent, body, bytes_upto",
    "entities": "topic, url, type, position",
    "topics": "name, client_id, events, events_before, deleted, schema_digest, log",
}


@pytest.fixture
def url(postgres_database: str) -> str:
    return postgres_database


@pytest.fixture
def ada(storage: Storage) -> int:
    return client(storage, "ada")


def client(storage: Storage, name: str) -> int:
    storage.clients.add_token(name, digest(name))
    found = storage.clients.find(digest(name))
    assert found is not None
    return found[1].id


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[Appended | None]:
    """What became of the appends that were tried in one call."""
    made: list[Appended | None] = []
    real = append_plain

    def noting(*arguments: Any) -> Appended | None:
        made.append(real(*arguments))
        return made[-1]

    monkeypatch.setattr(postgres, "append_plain", noting)
    return made


def many(client_id: int) -> list[Publication]:
    """Of two topics, entities that come twice, types and traces."""
    urls = [f"https://x.example/{number % 5}" for number in range(9)]
    traced = dataclasses.replace(publication(client_id, *urls), traceparent=TRACE)
    return [
        traced,
        publication(client_id, *urls[:3], topic="views", type="update"),
        publication(client_id, urls[0]),
        publication(client_id, urls[7], topic="views"),
    ]


def append_both_ways(
    storage: Storage, publications: Sequence[Publication], monkeypatch: pytest.MonkeyPatch
) -> list[list[Any]]:
    """All tables after the same was appended in two calls, and in one."""
    found = []
    for is_plain in (False, True):
        with monkeypatch.context() as patched:
            if not is_plain:
                patched.setattr(Plain, "of", lambda _: None)
            assert storage.log.append(publications) == [None] * len(publications)
        found.append(everything(storage))
        with storage.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM events WHERE position > 2")
            connection.exec_driver_sql("DELETE FROM entities WHERE position > 2")
            connection.exec_driver_sql("UPDATE topics SET events = 1")
    return found


def everything(storage: Storage) -> list[Any]:
    with storage.engine.connect() as connection:
        rows = [
            sorted(map(repr, connection.exec_driver_sql(f"SELECT {names} FROM {table}").all()))
            for table, names in TABLES.items()
        ]
    return [[re.sub(r"(?<=-)[0-9a-f]{8}(?=\")", "random", row) for row in table] for table in rows]


@pytest.mark.parametrize("which", [slice(0, 4), slice(2, 3), slice(1, 2), slice(0, 1)])
def test_one_call_stores_what_two_do(
    storage: Storage,
    ada: int,
    calls: list[Appended | None],
    monkeypatch: pytest.MonkeyPatch,
    which: slice,
) -> None:
    for topic in ("bids", "views"):
        storage.log.append([publication(ada, "https://x.example/0", topic=topic)])
    slowly, at_once = append_both_ways(storage, many(ada)[which], monkeypatch)
    assert slowly == at_once
    assert len([one for one in calls if one]) == 1


@pytest.mark.parametrize("which", [slice(0, 4), slice(2, 3)])
def test_what_is_told_is_what_is_stored(
    storage: Storage, ada: int, calls: list[Appended | None], which: slice
) -> None:
    for topic in ("bids", "views"):
        storage.log.append([publication(ada, "https://x.example/0", topic=topic)])
    storage.log.append(many(ada)[which])
    (stored,) = [one for one in calls if one]
    assert list(stored.events) == storage.log.read_after(2, None, 100)
    assert stored.upto == storage.log.last_position()
    assert stored.identity == storage.log.identity
    assert stored.registry_version == storage.log.read_fenced(2, None, 1)[1].registry_version


def test_what_is_not_plain_goes_the_other_way(
    storage: Storage, ada: int, calls: list[Appended | None]
) -> None:
    log, url = storage.log, "https://x.example/1"
    log.append([publication(ada, url)])
    keyed = dataclasses.replace(publication(ada, url), key=PublishKey("k", b"f"))
    judged = dataclasses.replace(publication(ada, url), schema_digest="other")
    for one in ([keyed], [publication(ada, url), judged], [], [publication(ada, *[url] * 129)]):
        assert Plain.of(one) is None
    assert Plain.of([publication(ada, *[url] * MOST_EVENTS)])
    stranger = publication(client(storage, "eve"), url)
    refused = log.append([stranger]), log.append([judged]), log.append([stranger, judged])
    assert [[type(why).__name__ for why in each] for each in refused] == [
        ["TopicTaken"],
        ["SchemaChanged"],
        ["TopicTaken", "SchemaChanged"],
    ]
    assert not any(calls)
    assert log.last_position() == 1


def test_a_topic_that_was_deleted_is_there_again(
    storage: Storage, ada: int, calls: list[Appended | None]
) -> None:
    storage.log.append([publication(ada, "https://x.example/1")])
    storage.topics.delete("bids", ada)
    for number in range(2, 4):
        assert storage.log.append([publication(ada, f"https://x.example/{number}")]) == [None]
    assert [topic.name for topic in storage.topics.all()] == ["bids"]
    assert storage.log.last_position() == 3


def test_a_connection_that_was_ended_is_not_trusted_with_what_is_never_repeated(
    url: str, storage: Storage, ada: int, calls: list[Appended | None]
) -> None:
    for number in range(3):
        storage.log.append([publication(ada, f"https://x.example/{number}")])
        break_connections(url)
    assert not any(calls)
    storage.log.append([publication(ada, "https://x.example/3")])
    storage.log.append([publication(ada, "https://x.example/4")])
    assert len([one for one in calls if one]) == 1
    assert [event.position for event in storage.log.read_after(0, None, 9)] == [1, 2, 3, 4, 5]
