"""Every list that a client can send has an end, and costs no statement an item."""

import time
from typing import Any

import pytest
from sqlalchemy import Connection, event
from werkzeug.test import Client

from bus.errors import BadTopic
from bus.storage import Storage
from tests.bus.api.calling import assert_problem, call
from tests.bus.api.entrances import api, loop

__all__ = ["api", "loop"]

ONE = "/clients/subscriber/subscriptions/one"
EVENT = {"type": "create", "url": "https://x.example/1"}
CLOUD = {
    "specversion": "1.0",
    "id": "1",
    "source": "s",
    "type": "gavel.bids.create",
    "subject": "https://x.example/1",
}


def name(number: int) -> str:
    """A topic's name."""
    letters = "abcdefghij"
    return "t_" + "".join(letters[int(digit)] for digit in str(number))


def subscription(topics: list[Any], **more: Any) -> dict[str, Any]:
    return {"topics": topics, "callback": "https://x.example/", "uuid": "u"} | more


TOO_LONG = {
    "topics": ("PUT", ONE, subscription([name(i) for i in range(101)])),
    "one topic often": ("PUT", ONE, subscription(["bids"] * 101)),
    "many topics": ("PUT", ONE, subscription([name(i) for i in range(50_000)])),
    "no topics": ("PUT", ONE, subscription([None] * 100_000)),
    "routemaster's topics": ("POST", "/subscription", subscription([name(i) for i in range(101)])),
    "waits": ("PUT", ONE, subscription(["a"], retry={"parked_ms": [1000] * 21})),
    "ids": ("POST", f"{ONE}/dead-letters/redrive", {"ids": list(range(1, 1002))}),
    "a large id": ("POST", f"{ONE}/dead-letters/redrive", {"ids": [2**63]}),
    "no id": ("POST", f"{ONE}/dead-letters/redrive", {"ids": [-1]}),
    "events": ("POST", "/topics/bids", [EVENT] * 1001),
    "scopes": ("POST", "/api_tokens", {"name": "x", "scopes": ["publish"] * 50_000}),
}


@pytest.mark.parametrize("case", TOO_LONG)
def test_a_list_beyond_its_end_is_a_400_at_once(api: Client, case: str) -> None:
    call(api, "PUT", ONE, subscription(["bids"]), by="root")
    method, path, body = TOO_LONG[case]
    by = "publisher" if path.startswith("/topics") else "root"
    if path == "/subscription":
        by = "subscriber"
    begin_s = time.process_time()
    assert_problem(call(api, method, path, body, by=by), 400)
    assert time.process_time() - begin_s < 5


def test_a_cloudevents_batch_has_an_end_too(api: Client) -> None:
    batch = [CLOUD] * 1001
    headers = {"Content-Type": "application/cloudevents-batch+json"}
    auth = ("publisher-token-of-the-tests", "")
    answer = api.post("/topics/bids", json=batch, headers=headers, auth=auth)
    assert_problem(answer, 400)


def test_a_hundred_topics_are_written_by_a_few_statements(api: Client, storage: Storage) -> None:
    said: list[str] = []
    engine = storage.engine

    def hear(_connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            said.append(statement)

    event.listen(engine, "before_cursor_execute", hear)
    topics = [name(i) for i in range(100)]
    for wanted in (topics, [*topics[50:], "bids"]):
        assert call(api, "PUT", ONE, subscription(wanted), by="root").status_code < 300
    event.remove(engine, "before_cursor_execute", hear)
    assert len(said) < 40


def test_names_that_nobody_publishes_make_no_series(api: Client) -> None:
    call(api, "PUT", ONE, subscription([name(i) for i in range(100)]), by="root")
    call(api, "POST", "/topics/bids", EVENT)
    text = call(api, "GET", "/metrics", by="root").text
    assert text.count("bus_published_events_total{") == 1


def test_a_client_has_a_hundred_subscriptions_at_most(api: Client) -> None:
    def put(number: int) -> Any:
        path = f"/clients/subscriber/subscriptions/s{number}"
        return call(api, "PUT", path, subscription(["bids"]), by="root")

    assert {put(number).status_code for number in range(100)} == {201}
    assert_problem(put(100), 400)
    assert put(99).status_code == 200
    call(api, "DELETE", "/clients/subscriber/subscriptions/s7", by="root")
    assert put(100).status_code == 201


def test_a_client_has_a_thousand_topics_at_most(api: Client, storage: Storage) -> None:
    def claim(number: int) -> Any:
        return call(api, "POST", f"/topics/{name(number)}", EVENT)

    storage.topics.claim([name(i) for i in range(999)], storage.clients.id_of("publisher"))
    assert claim(999).status_code == 200
    for number in (1000, 1001):
        assert_problem(claim(number), 400)
    assert claim(3).status_code == 200
    with pytest.raises(BadTopic):
        storage.topics.claim([name(1000)], storage.clients.id_of("publisher"))
    others = storage.clients.id_of("subscriber")
    storage.topics.claim([name(1000)], others)
    storage.topics.delete(name(7), storage.clients.id_of("publisher"))
    assert claim(1001).status_code == 200


def test_names_that_were_subscribed_to_once_are_no_topics_for_ever(
    api: Client, storage: Storage
) -> None:
    call(api, "POST", "/topics/bids", EVENT)
    for turn in range(6):
        wanted = ["bids", *(name(100 * turn + i) for i in range(99))]
        call(api, "PUT", ONE, subscription(wanted), by="root")
    assert len(storage.topics.all()) <= 1 + 2 * 99
    call(api, "PUT", ONE, subscription(["orders"]), by="root")
    call(api, "PUT", ONE, subscription(["orders"]), by="root")
    assert [topic.name for topic in storage.topics.all()] == ["bids", "orders"]


def test_who_changes_topics_for_ever_makes_no_heap_of_what_was_wanted(
    api: Client, storage: Storage
) -> None:
    call(api, "POST", "/topics/bids", EVENT)
    for turn in range(12):
        some = [name(100 * turn + i) for i in range(100)]
        for wanted in (some, ["*"]):
            call(api, "PUT", ONE, subscription(wanted), by="root")
    client_id = storage.clients.id_of("subscriber")
    found = storage.subscriptions.filters(storage.subscriptions.find(client_id, "one"))
    assert len(found) <= 600
