"""Routemaster's wire (docs/delivery.md D4 and D30): what its clients say and its subscribers hear,
over real sockets and through both entrances.

Where routemaster was broken the bus is not compatible; those rows are at the end.
"""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

import pytest
import requests

from tests.bus.receiver import Delivery, Receiver
from tests.bus.serving import Served, either
from tests.bus.wire import Wire
from tests.waiting import wait_for

__all__ = ["either"]
pytestmark = pytest.mark.slow

URL = "https://shop.example/widgets/1"
EVENT: dict[str, Any] = {"type": "create", "url": URL}
NO_TIMES: list[Any] = ["1500000000000", 1.5, -1, True, {}, 10**30]
NO_TOPICS: list[Any] = [None, "widgets", ["Widgets"], [1], {}]


@pytest.fixture
def wire(either: Served) -> Wire:
    return Wire(either)


@pytest.fixture
def subscribed(wire: Wire, receiver: Receiver) -> Iterator[Receiver]:
    """A subscriber that listens, until the test is over."""
    assert wire.subscribe(receiver.url).status_code == 204
    yield receiver
    wire.call("DELETE", "/subscriber", by="subscriber")


def is_problem(answer: requests.Response, status: int) -> bool:
    """Whether it is a problem document of this status."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    return bool(answer.json()["status"] == status and answer.json()["title"])


def empty(answer: requests.Response, status: int) -> bool:
    """Whether it is this status without a body."""
    return (answer.status_code, answer.content) == (status, b"")


# ── HTTP Basic, user name = token, password ignored; 401 without or with a wrong token


@pytest.mark.parametrize("password", ["", "x", "anything: else"])
def test_the_user_name_is_the_token_and_the_password_is_ignored(wire: Wire, password: str) -> None:
    credentials = (wire.client("publisher"), password)
    assert empty(wire.publish(EVENT, auth=credentials), 200)


CALLS = [
    ("POST", "/topics/widgets"),
    ("GET", "/topics"),
    ("DELETE", "/topics/widgets"),
    ("POST", "/subscription"),
    ("POST", "/subscriber"),
    ("DELETE", "/subscriber"),
    ("DELETE", "/subscriber/topics/widgets"),
    ("GET", "/subscriptions"),
    ("GET", "/subscribers"),
    ("GET", "/pulse"),
    ("GET", "/pulse/scaling"),
    ("GET", "/api_tokens"),
    ("POST", "/api_tokens"),
    ("DELETE", "/api_tokens/x"),
]


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_every_call_is_401_without_a_token_and_with_a_wrong_one(
    wire: Wire, method: str, path: str
) -> None:
    for credentials in (None, ("a-wrong-token", "x"), ("", "x"), ("x", wire.client("publisher"))):
        answer = wire.call(method, path, EVENT, auth=credentials)
        assert is_problem(answer, 401)
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("POST", ""), ("DELETE", "/some-other-token")]
)
def test_tokens_are_for_the_root_key_alone(wire: Wire, method: str, path: str) -> None:
    assert is_problem(wire.call(method, f"/api_tokens{path}", {"name": "eve"}), 401)


# ── the body is JSON whatever the Content-Type says


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_the_content_type_does_not_matter(wire: Wire, kind: str) -> None:
    headers = {"Content-Type": kind}
    assert empty(wire.publish(EVENT, headers=headers), 200)
    wanted = {"topics": [wire.topic()], "callback": "https://s.example/e", "uuid": "u"}
    assert empty(wire.call("POST", "/subscription", wanted, by="subscriber", headers=headers), 204)


# ── GET|POST /api_tokens, DELETE /api_tokens/{token}


def test_a_token_is_made_listed_by_name_used_and_deleted(wire: Wire) -> None:
    name = wire.name("made")
    made = wire.call("POST", "/api_tokens", {"name": name}, by="root")
    assert made.status_code == 201
    assert made.json().keys() >= {"name", "token"}
    token = made.json()["token"]
    assert empty(wire.publish(EVENT, auth=(token, "")), 200)
    listed = wire.call("GET", "/api_tokens", by="root")
    assert name in [one["name"] for one in listed.json()]
    assert empty(wire.call("DELETE", f"/api_tokens/{token}", by="root"), 204)
    listed = wire.call("GET", "/api_tokens", by="root")
    assert name not in [one["name"] for one in listed.json()]
    assert is_problem(wire.call("GET", "/topics", auth=(token, "")), 401)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"name": ""}', b'{"name": 1}'])
def test_a_token_needs_a_name(wire: Wire, body: bytes) -> None:
    assert is_problem(wire.call("POST", "/api_tokens", body, by="root"), 400)


# ── GET /topics, POST|DELETE /topics/{t}


def test_publishing_answers_200_without_a_body_and_names_the_topic(wire: Wire) -> None:
    assert empty(wire.publish(EVENT), 200)
    assert wire.topics() == {
        wire.topic(): {"name": wire.topic(), "publisher": wire.name("publisher"), "events": 1}
    }


def test_a_topic_that_is_only_subscribed_to_has_no_publisher_yet(wire: Wire) -> None:
    assert wire.subscribe("https://s.example/e").status_code == 204
    (topic,) = wire.topics().values()
    assert (topic["publisher"], topic["events"]) == (None, 0)


def test_the_owner_deletes_a_topic(wire: Wire) -> None:
    wire.publish(EVENT)
    assert empty(wire.call("DELETE", f"/topics/{wire.topic()}"), 204)
    assert wire.topics() == {}
    assert is_problem(wire.call("DELETE", f"/topics/{wire.topic()}"), 404)


# ── the rules of publishing


GOOD: list[Any] = [
    *({"type": type, "url": URL} for type in ("create", "update", "delete", "noop")),
    EVENT | {"timestamp": 1_500_000_000_000},
    EVENT | {"timestamp": 0},
    EVENT | {"timestamp": None},
    EVENT | {"data": None},
    EVENT | {"data": {}},
    EVENT | {"data": {"a": "x" * 56}},
    EVENT | {"unknown": {"deep": [1]}},
    EVENT | {"url": "https://x.example/" + "a" * 1_006},
    EVENT | {"url": "http://127.0.0.1/trusted"},
    [EVENT],
    [EVENT] * 1_000,
]


@pytest.mark.parametrize("body", GOOD, ids=lambda body: json.dumps(body)[:60])
def test_what_keeps_the_rules_is_taken(wire: Wire, body: Any) -> None:
    assert empty(wire.publish(body), 200)
    assert wire.topics()[wire.topic()]["events"] == (len(body) if isinstance(body, list) else 1)


BAD: list[Any] = [
    *(EVENT | {"type": type} for type in ("created", "CREATE", "", None, 1, ["create"])),
    {"url": URL},
    {"type": "create"},
    EVENT | {"url": "http://shop.example/1"},
    EVENT | {"url": "https://shop.example/1?page=2"},
    EVENT | {"url": "/widgets/1"},
    EVENT | {"url": "shop.example"},
    EVENT | {"url": "https://x.example/" + "a" * 1_007},
    EVENT | {"url": "https://x.example/\u0000"},
    EVENT | {"url": None},
    EVENT | {"url": 1},
    *(EVENT | {"timestamp": t} for t in NO_TIMES),
    *(EVENT | {"data": data} for data in (1, "x", [1], {"a": "x" * 57})),
    "create",
    1,
    None,
    [],
    {},
    [[EVENT]],
    [None],
    [EVENT] * 1_001,
]


@pytest.mark.parametrize("body", BAD, ids=lambda body: json.dumps(body)[:60])
def test_what_breaks_a_rule_is_400_and_leaves_nothing_behind(wire: Wire, body: Any) -> None:
    assert is_problem(wire.publish(json.dumps(body).encode()), 400)
    assert wire.topics() == {}
    assert empty(wire.publish(EVENT, by="another"), 200)  # the name is still free


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 9_000, b'{"type": NaN}'])
def test_what_is_no_json_is_400(wire: Wire, body: bytes) -> None:
    assert is_problem(wire.publish(body), 400)
    assert wire.topics() == {}


def test_one_bad_event_refuses_the_array_and_is_named(wire: Wire) -> None:
    answer = wire.publish([EVENT, EVENT, EVENT | {"type": "made"}])
    assert is_problem(answer, 400)
    assert answer.json()["index"] == 2
    assert wire.topics() == {}


def test_each_bad_event_of_an_array_is_named_and_no_more_than_a_hundred(wire: Wire) -> None:
    bad = EVENT | {"url": "nonsense"}, EVENT | {"type": "made"}
    problem = wire.publish([EVENT, bad[0], EVENT, bad[1]]).json()
    assert problem["index"] == 1
    assert [one["index"] for one in problem["errors"]] == [1, 3]
    assert "URL" in problem["errors"][0]["detail"]
    assert "type" in problem["errors"][1]["detail"]
    assert problem["detail"] == f"event 1: {problem['errors'][0]['detail']}"
    assert len(wire.publish([bad[0]] * 500).json()["errors"]) == 100
    assert "errors" not in wire.publish(bad[0]).json()
    assert wire.topics() == {}


def test_a_body_of_1_mib_is_taken_and_a_byte_more_is_413(wire: Wire) -> None:
    event = json.dumps(EVENT).encode()
    assert empty(wire.publish(event.ljust(1024 * 1024)), 200)
    assert is_problem(wire.publish(event.ljust(1024 * 1024 + 1)), 413)


@pytest.mark.parametrize(
    "topic", ["Widgets", "widgets2", "wid-gets", "a" * 65, "%20", "w%0A", "w%C3%BC", "w.create"]
)
def test_a_bad_topic_name_is_400_everywhere_and_leaves_nothing_behind(
    wire: Wire, topic: str
) -> None:
    assert is_problem(wire.call("POST", f"/topics/{topic}", EVENT), 400)
    assert is_problem(wire.call("DELETE", f"/topics/{topic}"), 400)
    assert is_problem(wire.call("DELETE", f"/subscriber/topics/{topic}"), 400)
    named = [row["name"] for row in wire.call("GET", "/topics").json()]
    assert unquote(topic) not in named


def test_a_topic_name_of_64_characters_is_taken(wire: Wire) -> None:
    topic = wire.topic().ljust(64, "z")
    assert empty(wire.call("POST", f"/topics/{topic}", EVENT), 200)


def test_another_clients_topic_is_403(wire: Wire) -> None:
    wire.publish(EVENT)
    assert is_problem(wire.publish(EVENT, by="another"), 403)
    assert wire.topics()[wire.topic()]["events"] == 1


# ── POST /subscription = /subscriber


@pytest.mark.parametrize("path", ["/subscription", "/subscriber"])
def test_both_paths_subscribe(wire: Wire, path: str) -> None:
    wanted = {"topics": [wire.topic()], "callback": "https://s.example/e", "uuid": "u"}
    assert empty(wire.call("POST", path, wanted, by="subscriber"), 204)
    listed = wire.listed()
    assert listed == {
        "subscriber": wire.name("subscriber"),
        "callback": "https://s.example/e",
        "uuid": None,
        "topics": [wire.topic()],
        "max_events": 100,
        "timeout": None,
        "events": {"sent": 0, "queued": 0, "oldest": None},
    }


def test_subscribing_again_replaces_the_topics_and_the_callback(wire: Wire) -> None:
    wire.subscribe("https://s.example/e", "one", "two")
    wire.subscribe("https://s.example/f", "two", "three")
    listed = wire.listed()
    assert listed is not None
    assert sorted(listed["topics"]) == sorted([wire.topic("two"), wire.topic("three")])
    assert listed["callback"] == "https://s.example/f"


@pytest.mark.parametrize("number", [{"timeout": 0}, {"timeout": 3_600_000}, {"max": 1}])
@pytest.mark.parametrize("other", [{}, {"max": 10_000}, {"timeout": None}, {"max": None}])
def test_timeout_and_max_have_their_ranges(
    wire: Wire, number: dict[str, Any], other: dict[str, Any]
) -> None:
    assert wire.subscribe("https://s.example/e", **(other | number)).status_code == 204


@pytest.mark.parametrize(
    "change",
    [
        *({"timeout": timeout} for timeout in (-1, 3_600_001, "1", 1.5, True)),
        *({"max": most} for most in (0, 10_001, "1", 1.5, True)),
        *({"topics": topics} for topics in NO_TOPICS),
        *(
            {"callback": url}
            for url in (None, 1, "http://s.example/", "s.example", "https://10.0.0.1/")
        ),
        *({"uuid": uuid} for uuid in (None, 1, "", "a:b")),
        {"unknown": 1},
        {"concurrency": 2},
    ],
    ids=json.dumps,
)
def test_a_bad_subscription_is_400_and_changes_nothing(wire: Wire, change: dict[str, Any]) -> None:
    wire.subscribe("https://s.example/e")
    before = wire.listed()
    body = {"topics": [wire.topic()], "callback": "https://s.example/f", "uuid": "u"} | change
    assert is_problem(wire.call("POST", "/subscription", body, by="subscriber"), 400)
    assert wire.listed() == before


# ── DELETE /subscriber, DELETE /subscriber/topics/{t}


def test_a_subscriber_leaves_a_topic_and_then_all(wire: Wire) -> None:
    wire.subscribe("https://s.example/e", "one", "two")
    path = f"/subscriber/topics/{wire.topic('one')}"
    assert empty(wire.call("DELETE", path, by="subscriber"), 204)
    listed = wire.listed()
    assert listed is not None
    assert listed["topics"] == [wire.topic("two")]
    assert is_problem(wire.call("DELETE", path, by="subscriber"), 404)
    assert empty(wire.call("DELETE", "/subscriber", by="subscriber"), 204)
    assert wire.listed() is None
    assert is_problem(wire.call("DELETE", "/subscriber", by="subscriber"), 404)


# ── GET /subscriptions = /subscribers


def test_both_paths_list_the_same(wire: Wire) -> None:
    wire.subscribe("https://s.example/e")
    paths = ("/subscriptions", "/subscribers")
    listed = [wire.call("GET", path, by="subscriber").json() for path in paths]
    assert [row["subscriber"] for row in listed[0]] == [row["subscriber"] for row in listed[1]]
    assert wire.listed() in listed[1]


# ── GET /pulse, /pulse/scaling, /health, /health/ping


@pytest.mark.parametrize("path", ["/pulse", "/pulse/scaling"])
@pytest.mark.parametrize("by", ["publisher", "root"])
def test_a_pulse_is_204(wire: Wire, path: str, by: str) -> None:
    assert empty(wire.call("GET", path, by=by), 204)


def test_health_and_ping_need_no_token(wire: Wire) -> None:
    assert wire.call("GET", "/health", auth=None).status_code == 200
    assert wire.call("GET", "/health/ping", auth=None).json().keys() == {"pong"}


# ── deliveries


def deliveries(receiver: Receiver, events: int) -> list[Delivery]:
    wait_for(lambda: len(receiver.urls) >= events, what=f"{events} events")
    return list(receiver.deliveries)


def test_a_delivery_is_what_routemasters_subscribers_expect(
    wire: Wire, subscribed: Receiver
) -> None:
    wire.publish([EVENT, EVENT | {"type": "delete", "timestamp": 5, "data": {"a": 1}}])
    (delivery,) = deliveries(subscribed, 2)
    credentials = base64.b64encode(b"the-uuid:x").decode()
    assert delivery.path == "/events"
    assert delivery.headers["authorization"] == f"Basic {credentials}"
    assert delivery.headers["content-type"] == "application/json"
    first, second = delivery.events
    added = {"id", "position"}
    assert first.keys() - added == {"topic", "type", "url", "t"}
    assert second.keys() - added == {"topic", "type", "url", "t", "data"}
    assert (first["topic"], first["type"], first["url"]) == (wire.topic(), "create", URL)
    assert isinstance(first["t"], int)
    assert (second["type"], second["t"], second["data"]) == ("delete", 5, {"a": 1})


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_acknowledges(wire: Wire, subscribed: Receiver, status: int) -> None:
    subscribed.statuses = [status]
    wire.publish(EVENT)
    wire.publish(EVENT | {"type": "update"})
    delivered = deliveries(subscribed, 2)
    assert [event["type"] for one in delivered for event in one.events] == ["create", "update"]


@pytest.mark.parametrize("status", [302, 400, 404, 500])
def test_nothing_else_does(wire: Wire, subscribed: Receiver, status: int) -> None:
    subscribed.statuses = [status]
    wire.publish(EVENT)
    first, second = deliveries(subscribed, 2)
    assert first.events == second.events


def test_max_is_100_when_none_is_given(wire: Wire, subscribed: Receiver) -> None:
    wire.publish([EVENT] * 250)
    sizes = [len(one.events) for one in deliveries(subscribed, 250)]
    assert sizes == [100, 100, 50]


def test_max_and_timeout_shape_batches(wire: Wire, receiver: Receiver) -> None:
    wire.subscribe(receiver.url, max=2, timeout=3_600_000)
    wire.publish(EVENT)
    wire.publish(EVENT)
    wire.publish(EVENT)
    assert [len(one.events) for one in deliveries(receiver, 2)] == [2]
    listed = wire.listed()
    assert listed is not None
    assert listed["events"]["queued"] >= 1
    wire.call("DELETE", "/subscriber", by="subscriber")


def test_what_was_published_before_subscribing_is_not_delivered(
    wire: Wire, receiver: Receiver
) -> None:
    wire.publish(EVENT)
    wire.subscribe(receiver.url)
    wire.publish(EVENT | {"type": "update"})
    assert [event["type"] for event in deliveries(receiver, 1)[0].events] == ["update"]
    wire.call("DELETE", "/subscriber", by="subscriber")


# ── where routemaster was broken


def test_a_token_is_never_shown_after_its_creation(wire: Wire) -> None:
    token = wire.client("publisher")
    wire.publish(EVENT)
    wire.subscribe("https://s.example/e")
    pages: list[Callable[[], requests.Response]] = [
        lambda: wire.call("GET", "/api_tokens", by="root"),
        lambda: wire.call("GET", "/topics"),
        lambda: wire.call("GET", "/subscriptions"),
    ]
    for page in pages:
        assert token not in page().text
        assert wire.client("subscriber") not in page().text
        assert "the-uuid" not in page().text


def test_only_the_owner_deletes_a_topic(wire: Wire) -> None:
    wire.publish(EVENT)
    assert is_problem(wire.call("DELETE", f"/topics/{wire.topic()}", by="another"), 403)
    assert is_problem(wire.call("DELETE", f"/topics/{wire.topic()}", by="root"), 401)
    assert wire.topic() in wire.topics()


def test_deleting_a_topic_or_a_token_breaks_nobody_elses_call(
    wire: Wire, subscribed: Receiver
) -> None:
    wire.publish(EVENT)
    wire.publish(EVENT, "other", by="another")
    wire.call("DELETE", f"/topics/{wire.topic()}")
    wire.call("DELETE", f"/api_tokens/{wire.client('publisher')}", by="root")
    for path in ("/topics", "/subscriptions", "/pulse"):
        assert wire.call("GET", path, by="another").status_code in {200, 204}
    assert empty(wire.publish(EVENT, "other", by="another"), 200)
    assert wire.subscribe(subscribed.url, "widgets", "other").status_code == 204
    assert [event["url"] for event in deliveries(subscribed, 1)[0].events] == [URL]


def test_sent_queued_and_oldest_are_real_numbers(wire: Wire, subscribed: Receiver) -> None:
    subscribed.gate.clear()
    wire.publish([EVENT] * 3)
    deliveries(subscribed, 3)
    waiting = wire.call("GET", "/subscriptions", by="subscriber").json()
    events = next(row for row in waiting if row["subscriber"] == wire.name("subscriber"))["events"]
    assert (events["sent"], events["queued"]) == (0, 3)
    assert events["oldest"] >= 0
    subscribed.gate.set()
    settled = {"sent": 3, "queued": 0, "oldest": None}
    wait_for(lambda: (wire.listed() or {}).get("events") == settled, what="all settled")


def test_events_are_kept_while_nobody_takes_them(wire: Wire, receiver: Receiver) -> None:
    wire.subscribe("http://127.0.0.1:9/nobody")
    for number in range(5):
        wire.publish([EVENT | {"url": f"https://x.example/{number}/{n}"} for n in range(1_000)])
    wire.subscribe(receiver.url, max=1_000)
    wait_for(lambda: len(set(receiver.urls)) == 5_000, what="all of them")
    wire.call("DELETE", "/subscriber", by="subscriber")


def test_many_publishers_at_once_lose_nothing(wire: Wire) -> None:
    threads = [threading.Thread(target=wire.publish, args=(EVENT,)) for _ in range(20)]
    wire.client("publisher")
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wire.topics()[wire.topic()]["events"] == 20
