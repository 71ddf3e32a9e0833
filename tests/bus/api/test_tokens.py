import re
from typing import Any

import pytest
from werkzeug.test import Client

from bus.storage import Storage
from tests.bus.api.calling import assert_problem, call
from tests.bus.clock import FakeClock
from tests.bus.conftest import ROOT_KEY, TOKENS

EVENT = {"type": "create", "url": "https://x.example/1"}


def created(api: Client, name: str) -> str:
    response = call(api, "POST", "/api_tokens", {"name": name}, by="root")
    assert response.status_code == 201
    document = response.get_json()
    assert document["name"] == name
    token: str = document["token"]
    return token


def test_a_new_token_works_at_once(api: Client) -> None:
    assert call(api, "POST", "/topics/bids", EVENT, by=created(api, "ada")).status_code == 200


def listed(api: Client, query: str = "") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = call(api, "GET", f"/api_tokens{query}", by="root").get_json()
    return rows


def token_id(api: Client, name: str) -> int:
    (found,) = [row["id"] for row in listed(api) if row["name"] == name]
    return int(found)


def test_a_token_is_never_shown_again(api: Client) -> None:
    token = created(api, "ada")
    response = call(api, "GET", "/api_tokens", by="root")
    assert [row["name"] for row in response.get_json()] == [*TOKENS, "ada"]
    assert token not in response.text


def test_a_token_is_listed_with_its_id_and_what_it_is_good_for(
    api: Client, clock: FakeClock
) -> None:
    body = {"name": "ada", "scopes": ["monitor", "publish:bids"]}
    made = call(api, "POST", "/api_tokens", body, by="root").get_json()
    row = {
        "id": made["id"],
        "name": "ada",
        "scopes": ["monitor", "publish:bids"],
        "created_at_ms": clock(),
        "last_used_at_ms": None,
    }
    assert made == row | {"token": made["token"]}
    assert row in listed(api)


def test_a_token_is_one_that_the_original_client_takes(api: Client) -> None:
    assert re.fullmatch("[a-z0-9_-]{1,64}", created(api, "ada"))


def test_a_chosen_token_is_honoured(api: Client) -> None:
    chosen = "chosen-by-its-owner"
    made = call(api, "POST", "/api_tokens", {"name": "ada", "token": chosen}, by="root")
    assert made.get_json()["token"] == chosen
    assert call(api, "POST", "/topics/bids", EVENT, by=chosen).status_code == 200


@pytest.mark.parametrize(
    "token", ["short", "", 1, [], "with:a-colon-in-its-middle", "with a blank in it", "a" * 256]
)
def test_a_token_that_cannot_be_used_is_refused_and_not_repeated(
    api: Client, token: object
) -> None:
    answer = call(api, "POST", "/api_tokens", {"name": "ada", "token": token}, by="root")
    assert "16 to 255" in assert_problem(answer, 400)["detail"]
    assert not (isinstance(token, str) and token and token in answer.text)


@pytest.mark.parametrize("taken", [ROOT_KEY, TOKENS["publisher"]])
def test_a_token_that_is_somebody_elses_is_refused(api: Client, taken: str) -> None:
    answer = call(api, "POST", "/api_tokens", {"name": "ada", "token": taken}, by="root")
    assert_problem(answer, 400)
    assert taken not in answer.text


def test_a_token_is_revoked_by_its_id(api: Client) -> None:
    token = created(api, "ada")
    path = f"/api_tokens/{token_id(api, 'ada')}"
    assert call(api, "DELETE", path, by="root").status_code == 204
    assert_problem(call(api, "POST", "/topics/bids", EVENT, by=token), 401)
    assert_problem(call(api, "DELETE", path, by="root"), 404)


def test_an_id_is_never_given_again(api: Client) -> None:
    created(api, "ada")
    before = token_id(api, "ada")
    call(api, "DELETE", f"/api_tokens/{before}", by="root")
    created(api, "eve")
    assert token_id(api, "eve") > before


def test_when_a_token_was_used_is_known_to_the_minute(
    api: Client, storage: Storage, clock: FakeClock
) -> None:
    token = created(api, "ada")

    def used() -> int | None:
        assert call(api, "GET", "/topics", by=token).status_code == 200
        storage.token_uses.close()
        found: list[int | None] = [row["last_used_at_ms"] for row in listed(api, "?client=ada")]
        return found[0]

    first_ms = clock()
    assert used() == first_ms
    clock.forward(59_999)
    assert used() == first_ms
    clock.forward(1)
    assert used() == first_ms + 60_000


def test_tokens_come_in_pages(api: Client) -> None:
    answer = call(api, "GET", "/api_tokens?limit=2", by="root")
    rows, more = answer.get_json(), answer.headers["Link"]
    assert re.fullmatch(r'</api_tokens\?limit=2&after=\d+>; rel="next"', more)
    last = call(api, "GET", more[1:].partition(">")[0], by="root")
    assert [row["name"] for row in [*rows, *last.get_json()]] == list(TOKENS)
    assert "Link" not in last.headers


@pytest.mark.parametrize(
    "query", ["?limit=0", "?limit=1001", "?limit=x", "?after=-1", "?what=1", "?limit=1&limit=2"]
)
def test_a_query_that_says_nothing_is_refused(api: Client, query: str) -> None:
    assert_problem(call(api, "GET", f"/api_tokens{query}", by="root"), 400)


def test_without_any_token_the_list_is_204(api: Client) -> None:
    for token in TOKENS.values():
        call(api, "DELETE", f"/api_tokens/{token}", by="root")
    response = call(api, "GET", "/api_tokens", by="root")
    assert (response.status_code, response.data) == (204, b"")


def test_a_deleted_token_stops_at_once_and_the_others_work(api: Client) -> None:
    token = created(api, "ada")
    assert call(api, "POST", "/topics/ada", EVENT, by=token).status_code == 200
    assert call(api, "DELETE", f"/api_tokens/{token}", by="root").status_code == 204
    assert_problem(call(api, "POST", "/topics/ada", EVENT, by=token), 401)
    assert call(api, "POST", "/topics/bids", EVENT).status_code == 200
    assert call(api, "GET", "/topics").status_code == 200
    assert call(api, "GET", "/subscriptions", by="root").status_code == 200


def test_deleting_the_token_of_a_publisher_and_subscriber_breaks_nobody_elses_call(
    api: Client,
) -> None:
    token = created(api, "ada")
    subscription = {"topics": ["bids", "ada"], "callback": "https://s.example/", "uuid": "u"}
    call(api, "POST", "/topics/ada", EVENT, by=token)
    call(api, "POST", "/subscription", subscription, by=token)
    call(api, "POST", "/subscription", subscription, by="subscriber")
    call(api, "DELETE", f"/api_tokens/{token}", by="root")
    (left,) = call(api, "GET", "/subscriptions", by="root").get_json()
    assert left["subscriber"] == "subscriber"
    assert {"name": "ada", "publisher": "ada", "events": 1} in call(
        api, "GET", "/topics", by="root"
    ).get_json()
    assert_problem(call(api, "POST", "/topics/ada", EVENT), 403)


@pytest.mark.parametrize("which", ["unknown", "publisher", "0", "999", "9" * 15, "9" * 40])
def test_what_is_no_token_cannot_be_deleted(api: Client, which: str) -> None:
    assert_problem(call(api, "DELETE", f"/api_tokens/{which}", by="root"), 404)


@pytest.mark.parametrize("name", [None, "", 1, [], "a b", "a:b", "a" * 65, "ü", "-a", "a\n"])
def test_a_bad_name_is_400(api: Client, name: object) -> None:
    assert_problem(call(api, "POST", "/api_tokens", {"name": name}, by="root"), 400)


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[]", b"{}", b"\xff"])
def test_a_bad_body_is_400(api: Client, body: bytes) -> None:
    assert_problem(call(api, "POST", "/api_tokens", body, by="root"), 400)


@pytest.mark.parametrize("by", ["publisher", ROOT_KEY[:-1], ROOT_KEY + "x"])
@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("POST", ""), ("DELETE", "/x")])
def test_only_the_root_key_opens_api_tokens(api: Client, by: str, method: str, path: str) -> None:
    assert_problem(call(api, method, f"/api_tokens{path}", {"name": "eve"}, by=by), 401)


def test_a_token_is_not_in_the_store(api: Client, storage: Storage) -> None:
    token = created(api, "ada")
    assert storage.clients.find(token) is None
