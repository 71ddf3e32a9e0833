"""Who did what (docs/delivery.md D36)."""

from typing import Any

import pytest
from werkzeug.test import Client

from bus.storage import Storage
from tests.bus.api.calling import assert_problem, call

ONE = "/clients/subscriber/subscriptions/one"
SUBSCRIPTION = {"topics": ["bids"], "callback": "https://s.example/", "uuid": "u"}
EVENT = {"type": "create", "url": "https://x.example/1"}


@pytest.fixture(params=["sqlite_file", pytest.param("postgres_database", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


def acts(api: Client, query: str = "", by: str = "root") -> list[dict[str, Any]]:
    """The oldest first."""
    found = call(api, "GET", f"/audit{query}", by=by).get_json()["_embedded"]["acts"]
    return list(reversed(found))


DONE = [
    ("PUT", ONE, SUBSCRIPTION, "subscription.put"),
    ("POST", f"{ONE}/pause", None, "subscription.pause"),
    ("POST", f"{ONE}/resume", None, "subscription.resume"),
    ("POST", f"{ONE}/seek", {"to": "beginning"}, "subscription.seek"),
    ("POST", f"{ONE}/seek", {"to": "snapshot"}, "subscription.seek"),
    ("POST", f"{ONE}/test", None, "subscription.test"),
    ("POST", f"{ONE}/secret", None, "subscription.secret"),
    ("POST", f"{ONE}/parked/retry", {}, "parked.retry"),
    ("DELETE", ONE, None, "subscription.delete"),
    ("POST", "/subscription", SUBSCRIPTION, "subscription.put"),
    ("POST", "/subscription/secret", {}, "subscription.secret"),
    ("DELETE", "/subscriber/topics/bids", None, "subscription.put"),
    ("DELETE", "/subscriber", None, "subscription.delete"),
    ("PUT", "/topics/own", {"description": "mine"}, "topic.put"),
    ("DELETE", "/topics/own", None, "topic.delete"),
]


def test_each_act_is_told_once(api: Client) -> None:
    for method, path, body, _ in DONE:
        assert call(api, method, path, body, by="subscriber").status_code < 300, path
    found = acts(api)
    assert [one["act"] for one in found] == [act for *_, act in DONE]
    assert {(one["client"], one["by"], one["owner"]) for one in found} == {
        ("subscriber", "token 2", "subscriber")
    }
    assert found[3]["details"] == {"to": "beginning"}
    assert found[1]["on"] == ONE


def test_who_runs_the_bus_is_told_too_and_no_token_is(api: Client) -> None:
    chosen = "chosen-by-its-owner"
    call(api, "POST", "/api_tokens", {"name": "ada", "token": chosen}, by="root")
    call(api, "DELETE", f"/api_tokens/{chosen}", by="root")
    made, revoked = acts(api)
    assert (made["client"], made["by"], made["owner"]) == (None, "root key", "ada")
    assert (revoked["act"], revoked["on"]) == ("token.revoke", "/api_tokens/4")
    assert chosen not in call(api, "GET", "/audit", by="root").text


def test_what_was_refused_or_changed_nothing_is_not_there(api: Client) -> None:
    call(api, "DELETE", ONE, by="subscriber")
    call(api, "PUT", ONE, SUBSCRIPTION | {"topics": "bids"}, by="subscriber")
    call(api, "PUT", ONE, SUBSCRIPTION, by="stranger")
    call(api, "DELETE", "/topics/never", by="subscriber")
    call(api, "DELETE", "/api_tokens/99", by="root")
    call(api, "POST", "/topics/bids", EVENT)
    call(api, "GET", "/topics")
    assert acts(api) == []


def test_a_client_sees_what_it_did_and_what_was_done_to_its_own(api: Client) -> None:
    call(api, "PUT", ONE, SUBSCRIPTION, by="subscriber")
    call(api, "POST", f"{ONE}/pause", by="root")
    call(api, "PUT", "/topics/own", by="stranger")
    assert [one["act"] for one in acts(api, by="subscriber")] == [
        "subscription.put",
        "subscription.pause",
    ]
    assert [one["act"] for one in acts(api, by="stranger")] == ["topic.put"]
    assert acts(api, "?client=subscriber", by="stranger") == []


def test_acts_are_filtered_and_paged(api: Client) -> None:
    for number in range(5):
        call(api, "PUT", f"/topics/t_{'abcde'[number]}", by="stranger")
    assert acts(api, "?act=topic.delete") == []
    page = call(api, "GET", "/audit?act=topic.put&limit=3", by="root").get_json()
    rest = call(api, "GET", page["_links"]["next"]["href"], by="root").get_json()
    pages = [*page["_embedded"]["acts"], *rest["_embedded"]["acts"]]
    assert [one["on"][-1] for one in pages] == ["e", "d", "c", "b", "a"]
    assert_problem(call(api, "GET", "/audit?since_ms=x", by="root"), 400)
    assert_problem(call(api, "GET", "/audit", by="nobody"), 401)


def test_old_acts_are_forgotten(api: Client, storage: Storage, clock: Any) -> None:
    call(api, "PUT", "/topics/old", by="stranger")
    clock.forward(90 * 86_400_000 + 1)
    call(api, "PUT", "/topics/new", by="stranger")
    assert [one["on"] for one in acts(api)] == ["/topics/new"]


@pytest.mark.parametrize(
    "act", ["nope", "", "subscription", "Subscription.put", "topic.put,topic.give"]
)
def test_an_act_that_nobody_can_do_is_refused(api: Client, act: str) -> None:
    assert_problem(call(api, "GET", f"/audit?act={act}", by="root"), 400)
