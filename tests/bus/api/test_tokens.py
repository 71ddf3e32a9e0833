import pytest
from werkzeug.test import Client

from bus.storage import Storage
from tests.bus.api.calling import assert_problem, call
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


def test_a_token_is_never_shown_again(api: Client) -> None:
    token = created(api, "ada")
    response = call(api, "GET", "/api_tokens", by="root")
    assert response.get_json() == [{"name": name} for name in ("ada", *sorted(TOKENS))]
    assert token not in response.text


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


def test_deleting_a_token_may_be_repeated(api: Client) -> None:
    for _ in range(2):
        assert call(api, "DELETE", "/api_tokens/unknown", by="root").status_code == 204


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
