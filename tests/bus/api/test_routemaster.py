import base64
from typing import Any

import pytest
from werkzeug.test import Client

from bus.storage import Storage
from tests.bus.api.calling import assert_problem, call
from tests.bus.clock import FakeClock

GOOD = {"topics": ["bids"], "callback": "https://s.example/events", "uuid": "u-1"}
EVENT = {"type": "create", "url": "https://x.example/1"}
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()


def subscribe(api: Client, **changes: Any) -> None:
    response = call(api, "POST", "/subscription", GOOD | changes, by="subscriber")
    assert (response.status_code, response.data) == (204, b"")


def listed(api: Client) -> Any:
    return call(api, "GET", "/subscriptions", by="root").get_json()


def test_a_subscription_is_listed_without_its_credentials(api: Client) -> None:
    subscribe(api)
    assert listed(api) == [
        {
            "subscriber": "subscriber",
            "callback": "https://s.example/events",
            "uuid": None,
            "max_events": 100,
            "timeout": None,
            "topics": ["bids"],
            "events": {"sent": 0, "queued": 0, "oldest": None},
        }
    ]
    assert "u-1" not in call(api, "GET", "/subscriptions", by="root").text


def test_a_subscription_is_listed_with_its_settings(api: Client) -> None:
    call(api, "POST", "/subscription", GOOD | {"max": 7, "timeout": 250}, by="subscriber")
    (row,) = listed(api)
    assert (row["max_events"], row["timeout"]) == (7, 250)


def test_subscriptions_are_listed_in_pages_and_by_what_they_are(api: Client) -> None:
    for name in ("one", "two", "three"):
        path = f"/clients/subscriber/subscriptions/{name}"
        call(api, "PUT", path, GOOD | {"topics": [name]}, by="subscriber")
    call(api, "POST", "/clients/subscriber/subscriptions/two/pause", by="subscriber")

    def names(path: str) -> list[str]:
        rows = call(api, "GET", path, by="root").get_json()
        return [row["subscriber"].partition("/")[2] for row in rows]

    page = call(api, "GET", "/subscriptions?limit=2", by="root")
    following = page.headers["Link"].partition(">")[0][1:]
    assert names("/subscriptions?limit=2") + names(following) == ["one", "three", "two"]
    assert "Link" not in call(api, "GET", following, by="root").headers
    assert names("/subscriptions?condition=paused") == ["two"]
    assert names("/subscriptions?topic=one") == ["one"]
    assert names("/subscriptions?client=stranger") == []
    assert_problem(call(api, "GET", "/subscriptions?client=stranger", by="subscriber"), 403)


@pytest.mark.parametrize("path", ["/subscription", "/subscriber"])
def test_both_of_routemasters_paths_subscribe(api: Client, path: str) -> None:
    assert call(api, "POST", path, GOOD, by="subscriber").status_code == 204
    assert listed(api)


def test_both_of_routemasters_paths_list(api: Client) -> None:
    subscribe(api)
    assert call(api, "GET", "/subscribers", by="root").get_json() == listed(api)


def test_queued_and_oldest_are_numbers(api: Client, clock: FakeClock) -> None:
    subscribe(api)
    call(api, "POST", "/topics/bids", [EVENT, EVENT])
    clock.forward(1_234)
    assert listed(api)[0]["events"] == {"sent": 0, "queued": 2, "oldest": 1_234}


@pytest.mark.parametrize(
    "changes",
    [
        {"topics": "bids"},
        {"topics": ["Bad"]},
        {"topics": None},
        {"callback": "http://s.example/"},
        {"callback": "https://10.0.0.1/"},
        {"callback": "https://u:p@s.example/"},
        {"callback": "https://s.example/?a=b"},
        {"callback": None},
        {"uuid": None},
        {"uuid": 1},
        {"timeout": -1},
        {"timeout": 3_600_001},
        {"max": 0},
        {"max": 10_001},
        {"from": "now"},
    ],
)
def test_a_bad_subscription_is_400_and_changes_nothing(
    api: Client, storage: Storage, changes: dict[str, Any]
) -> None:
    subscribe(api)
    before = listed(api)
    assert_problem(call(api, "POST", "/subscription", GOOD | changes, by="subscriber"), 400)
    assert listed(api) == before
    assert [topic.name for topic in storage.topics.all()] == ["bids"]


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[]", b"1", b"\xff", b"{}"])
def test_a_bad_body_is_400(api: Client, body: bytes) -> None:
    assert_problem(call(api, "POST", "/subscription", body, by="subscriber"), 400)
    assert listed(api) == []


def test_a_body_over_1_mib_is_413(api: Client) -> None:
    assert_problem(call(api, "POST", "/subscription", b" " * 1_048_577, by="subscriber"), 413)


def test_unsubscribing_ends_the_subscription(api: Client) -> None:
    subscribe(api)
    assert call(api, "DELETE", "/subscriber", by="subscriber").status_code == 204
    assert listed(api) == []
    assert_problem(call(api, "DELETE", "/subscriber", by="subscriber"), 404)


def test_unsubscribing_one_topic_keeps_the_others(api: Client) -> None:
    subscribe(api, topics=["bids", "orders"])
    assert call(api, "DELETE", "/subscriber/topics/bids", by="subscriber").status_code == 204
    assert listed(api)[0]["topics"] == ["orders"]
    assert_problem(call(api, "DELETE", "/subscriber/topics/bids", by="subscriber"), 404)
    assert_problem(call(api, "DELETE", "/subscriber/topics/Bad", by="subscriber"), 400)


def test_a_secret_is_shown_once_when_it_is_made(api: Client) -> None:
    subscribe(api)
    response = call(api, "POST", "/subscription/secret", {}, by="subscriber")
    assert response.status_code == 201
    secret = response.get_json()["secret"]
    assert secret.startswith("whsec_")
    assert secret not in call(api, "GET", "/subscriptions", by="root").text


def test_a_secret_needs_no_body(api: Client) -> None:
    subscribe(api)
    assert call(api, "POST", "/subscription/secret", by="subscriber").status_code == 201


def test_a_given_secret_is_set_and_those_before_stay_valid_for_a_day(
    api: Client, storage: Storage, clock: FakeClock
) -> None:
    subscribe(api)
    made = storage.subscriptions.secrets(storage.clients.id_of("subscriber")).current
    first = call(api, "POST", "/subscription/secret", {}, by="subscriber").get_json()["secret"]
    for _ in range(2):
        response = call(api, "POST", "/subscription/secret", {"secret": SECRET}, by="subscriber")
        assert response.get_json() == {"secret": SECRET}
    storage.leases.join("test")
    storage.leases.claim("test", 1)
    (held,) = storage.leases.held("test")
    assert held.subscription.secrets.valid(clock()) == (SECRET, first, made)
    assert held.subscription.secrets.valid(clock() + 86_400_000) == (SECRET,)


@pytest.mark.parametrize("body", [[], 1, {"secret": 1}, {"secret": "x"}, {"other": 1}])
def test_a_bad_secret_is_400(api: Client, body: object) -> None:
    subscribe(api)
    assert_problem(call(api, "POST", "/subscription/secret", body, by="subscriber"), 400)


def test_a_secret_without_a_subscription_is_404(api: Client) -> None:
    assert_problem(call(api, "POST", "/subscription/secret", {}, by="subscriber"), 404)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/subscription"),
        ("POST", "/subscriber"),
        ("POST", "/subscription/secret"),
        ("DELETE", "/subscriber"),
        ("DELETE", "/subscriber/topics/bids"),
        ("GET", "/subscriptions"),
        ("GET", "/subscribers"),
        ("GET", "/topics"),
        ("DELETE", "/topics/bids"),
        ("GET", "/pulse"),
        ("GET", "/pulse/scaling"),
        ("GET", "/api_tokens"),
        ("POST", "/api_tokens"),
        ("DELETE", "/api_tokens/x"),
    ],
)
def test_everything_needs_credentials(api: Client, method: str, path: str) -> None:
    assert_problem(call(api, method, path, by=None), 401)
    assert_problem(call(api, method, path, by="a-token-that-nobody-has"), 401)
