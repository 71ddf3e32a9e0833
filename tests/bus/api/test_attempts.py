"""The attempts log over HTTP."""

from typing import Any

import pytest
from werkzeug.test import Client

from bus.model.delivery import Attempt
from bus.storage import Storage
from tests.bus.api.calling import assert_problem, call

ONE = "/clients/subscriber/subscriptions/default"
SUBSCRIPTION = {"topics": ["bids"], "callback": "https://s.example/", "uuid": "u"}
EVENT = {"type": "create", "url": "https://x.example/1"}


@pytest.fixture(params=["sqlite_file", pytest.param("postgres_database", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


@pytest.fixture
def attempts(api: Client, storage: Storage) -> list[dict[str, Any]]:
    """The last ones: of an event, and of a test."""
    call(api, "POST", "/subscription", SUBSCRIPTION, by="subscriber")
    call(api, "POST", "/topics/bids", EVENT)
    ours = storage.overviews.one("subscriber", "default").subscription.id
    made = Attempt(0, ours, 5, 7, 1, 1, 1, 1, 500, None, "", b"", "", b"", 1, 2, 3, "1")
    test = Attempt(0, ours, 6, 7, 1, 1, 0, 0, 204, None, "", b"", "", b"")
    storage.attempts.add([made, test], 6)
    return listed(api)


def listed(api: Client, query: str = "") -> list[dict[str, Any]]:
    answer = call(api, "GET", f"{ONE}/attempts{query}", by="subscriber")
    found: list[dict[str, Any]] = answer.get_json()["_embedded"]["attempts"]
    return found


def test_an_attempt_says_how_long_its_parts_took(
    api: Client, attempts: list[dict[str, Any]]
) -> None:
    assert attempts[1]["timings"] == {"connect_ms": 1, "first_byte_ms": 2, "total_ms": 3}


@pytest.mark.parametrize(
    ("query", "statuses"),
    [
        ("?status=5xx", [500]),
        ("?status=204", [204]),
        ("?url=https://x.example/1", [500]),
        ("?since_ms=6", [204]),
        ("?until_ms=6&limit=1", [500]),
    ],
)
def test_attempts_are_filtered(
    api: Client, attempts: list[dict[str, Any]], query: str, statuses: list[int]
) -> None:
    assert [one["status"] for one in listed(api, query)] == statuses


def test_the_next_page_asks_for_the_same(api: Client, attempts: list[dict[str, Any]]) -> None:
    answer = call(api, "GET", f"{ONE}/attempts?since_ms=1&limit=1", by="subscriber").get_json()
    following = answer["_links"]["next"]["href"]
    assert following == f"{ONE}/attempts?since_ms=1&limit=1&before={attempts[0]['id']}"
    last = call(api, "GET", following, by="subscriber").get_json()
    assert [one["status"] for one in last["_embedded"]["attempts"]] == [500]
    assert "next" not in last["_links"]


@pytest.mark.parametrize("query", ["status=6xx", "status=20", "status=", "since_ms=x", "what=1"])
def test_a_filter_that_says_nothing_is_refused(
    api: Client, attempts: list[dict[str, Any]], query: str
) -> None:
    assert_problem(call(api, "GET", f"{ONE}/attempts?{query}", by="subscriber"), 400)


def test_an_attempt_is_made_again_by_its_link(
    api: Client, attempts: list[dict[str, Any]], storage: Storage
) -> None:
    test, made = attempts
    again = made["_links"]["resend"]["href"]
    answer = call(api, "POST", again, by="subscriber")
    assert (answer.status_code, answer.get_json()["id"]) == (202, made["id"])
    assert_problem(call(api, "POST", again, by="stranger"), 403)
    assert "resend" not in test["_links"]
    assert_problem(call(api, "POST", f"{ONE}/attempts/{test['id']}/resend", by="subscriber"), 409)
    assert_problem(call(api, "POST", f"{ONE}/attempts/999/resend", by="subscriber"), 404)


def test_what_is_gone_is_not_sent_again(
    api: Client, attempts: list[dict[str, Any]], storage: Storage
) -> None:
    call(api, "POST", "/topics/bids", EVENT)
    storage.log.trim(2)
    assert_problem(call(api, "POST", attempts[1]["_links"]["resend"]["href"], by="subscriber"), 410)
