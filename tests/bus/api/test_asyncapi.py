"""The AsyncAPI document, judged by the official parser and by what the bus really does."""

from typing import Any

import jsonschema_rs
from werkzeug.test import Client

from bus.storage import Storage
from tests import node
from tests.bus.api.calling import assert_problem, call
from tests.bus.api.entrances import api, loop
from tests.bus.api.test_scopes import token
from tests.bus.catalogue.schemas import ODD_SCHEMAS
from tests.bus.conftest import TOKENS

__all__ = ["api", "loop"]

PRICED = {"type": "object", "required": ["price"], "properties": {"price": {"type": "integer"}}}


def document(api: Client, query: str = "", by: str | None = "publisher") -> Any:
    answer = call(api, "GET", f"/asyncapi.json{query}", by=by)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Vary"] == "Authorization"
    return answer.get_json()


def resolved(whole: Any, node: Any) -> Any:
    """A part of the document without references."""
    if isinstance(node, list):
        return [resolved(whole, one) for one in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        found = whole
        for word in node["$ref"].removeprefix("#/").split("/"):
            found = found[word]
        return resolved(whole, found)
    return {key: resolved(whole, one) for key, one in node.items()}


def takes(whole: Any, channel: str, message: str, payload: Any) -> bool:
    schema = resolved(whole, whole["channels"][channel]["messages"][message]["payload"])
    return jsonschema_rs.Draft7Validator(schema).is_valid(payload)


def test_anybody_may_read_it_and_hears_no_name(api: Client) -> None:
    call(api, "PUT", "/topics/secret_plans")
    for by in (None, token(api, "publish")):
        shown = document(api, by=by)
        assert set(shown["channels"]) == {"topic", "topic-deliveries"}
        assert "secret_plans" not in str(shown)
    assert_problem(call(api, "GET", "/asyncapi.json", by="nobody-at-all"), 401)


def test_who_may_monitor_sees_every_topic(api: Client) -> None:
    call(api, "PUT", "/topics/bids", {"description": "Bids that were taken.", "schema": PRICED})
    call(api, "PUT", "/topics/notes", by="stranger")
    for by in ("subscriber", "root"):
        shown = document(api, by=by)
        assert set(shown["channels"]) == {
            *("bids", "bids-deliveries", "notes", "notes-deliveries"),
        }
        assert "Bids that were taken. Published by publisher." in str(shown["channels"]["bids"])
    assert set(document(api, "?topic=notes")["channels"]) == {"notes", "notes-deliveries"}


def test_what_it_says_of_data_is_what_publish_takes(api: Client) -> None:
    call(api, "PUT", "/topics/bids", {"schema": PRICED})
    shown = document(api)
    for data, is_good in [({"price": 1}, True), ({"price": "1"}, False), (None, False)]:
        event: dict[str, Any] = {"type": "create", "url": "https://x.example/1"}
        event |= {} if data is None else {"data": data}
        auth = (TOKENS["publisher"], "x")
        published = api.post("/topics/bids", json=[event], auth=auth).status_code == 200
        assert (takes(shown, "bids", "events", [event]), published) == (is_good, is_good)
    page = call(api, "GET", "/events?after=beginning", by="subscriber").get_json()
    assert takes(shown, "bids-deliveries", "events", page["events"])


def test_its_examples_are_as_its_schemas_say(api: Client) -> None:
    call(api, "PUT", "/topics/bids", {"schema": PRICED})
    shown = document(api)
    for name, channel in shown["channels"].items():
        for message, one in channel["messages"].items():
            assert takes(shown, name, message, one["examples"][0]["payload"]), message


def test_it_comes_in_pages_and_judges_its_query(api: Client) -> None:
    for name in ("a", "b", "c"):
        call(api, "PUT", f"/topics/{name}")
    first = call(api, "GET", "/asyncapi.json?limit=2")
    assert set(first.get_json()["channels"]) == {"a", "a-deliveries", "b", "b-deliveries"}
    assert first.headers["Link"] == '</asyncapi.json?limit=2&after=b>; rel="next"'
    assert set(document(api, "?limit=2&after=b")["channels"]) == {"c", "c-deliveries"}
    for wrong in ("?limit=0", "?limit=1&limit=2", "?topic=A", "?what=1", "?after="):
        assert_problem(call(api, "GET", f"/asyncapi.json{wrong}", by=None), 400)
    assert_problem(call(api, "GET", "/asyncapi.json?topic=none"), 404)


def test_the_root_leads_to_it(api: Client) -> None:
    links = call(api, "GET", "/").get_json()["_links"]
    assert links["asyncapi"]["href"].startswith("/asyncapi.json")
    call(api, "PUT", "/topics/bids")
    links = call(api, "GET", "/topics/bids").get_json()["_links"]
    assert set(document(api, links["asyncapi"]["href"].partition(".json")[2])["channels"])


def test_the_official_parser_takes_it_whatever_the_schemas(api: Client, storage: Storage) -> None:
    node.need("@asyncapi/parser")
    for number, schema in enumerate(ODD_SCHEMAS):
        name = f"odd_{'abcdefghijklmnopqrstuvwxyz'[number]}"
        assert call(api, "PUT", f"/topics/{name}", {"schema": schema}).status_code == 204, schema
    subscription = {"topics": ["bus"], "callback": "https://s.example/", "uuid": "u"}
    call(api, "POST", "/subscription", subscription, by="subscriber")
    judged = node.run("asyncapi.js", [document(api, by=None), document(api)])
    assert [one["errors"] for one in judged] == [[], []]
    found = dict(judged[1]["operations"])
    assert (found["publish-odd_a"], found["deliver-odd_a"]) == ("receive", "send")
    assert found["deliver-bus"] == "send"
    assert "publish-bus" not in found
