"""`GET /events`, a page at a time, at both entrances."""

import json
import threading
import time
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from bus.storage import Storage
from tests.bus.api.calling import assert_problem, call
from tests.bus.api.entrances import api, loop
from tests.bus.api.waiting import another_waits

__all__ = ["api", "loop"]


def publish(api: Client, *numbers: int, topic: str = "bids", type: str = "create") -> None:
    events = [{"type": type, "url": f"https://x.example/{topic}/{one}"} for one in numbers]
    assert call(api, "POST", f"/topics/{topic}", events).status_code == 200


def read(api: Client, query: str = "", by: str | None = "subscriber") -> Any:
    answer = call(api, "GET", f"/events?{query}", by=by)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/hal+json"
    return answer.get_json()


def urls(page: Any) -> list[str]:
    return [event["url"].removeprefix("https://x.example/") for event in page["events"]]


def test_pages_follow_each_other_by_their_links(api: Client) -> None:
    publish(api, *range(5))
    page = read(api, "topics=bids&after=beginning&limit=2")
    seen = urls(page)
    while page["events"]:
        page = call(api, "GET", page["_links"]["next"]["href"], by="subscriber").get_json()
        seen += urls(page)
    assert seen == [f"bids/{one}" for one in range(5)]
    assert page["position"] == 5


def test_an_event_is_as_it_is_delivered(api: Client) -> None:
    event = {"type": "update", "url": "https://x.example/1", "data": {"a": "ü\n"}}
    assert call(api, "POST", "/topics/bids", event).status_code == 200
    (found,) = read(api, "after=beginning")["events"]
    assert found["topic"] == "bids"
    assert found["data"] == {"a": "ü\n"}
    assert found["position"] == 1
    assert found.keys() == {"topic", "type", "url", "t", "data", "id", "position"}


def test_the_position_moves_past_what_is_not_wanted(api: Client) -> None:
    publish(api, 1, 2, topic="bids")
    publish(api, 3, topic="offers")
    publish(api, 4, topic="bids", type="update")
    page = read(api, "topics=offers,bids.update&after=beginning&limit=1")
    assert urls(page) == ["offers/3"]
    assert page["position"] == 3
    unwanted = read(api, "topics=questions&after=beginning")
    assert (unwanted["events"], unwanted["position"]) == ([], 4)
    assert unwanted["place"].endswith("-4")
    assert f"after={unwanted['place']}" in unwanted["_links"]["next"]["href"]


def test_one_wanted_event_behind_many_others_is_found_at_once(api: Client) -> None:
    for _ in range(3):
        publish(api, *range(400), type="update")
    publish(api, 7)
    assert urls(read(api, "topics=bids.create&after=beginning&limit=1")) == ["bids/7"]


def test_from_now_on_nothing_that_was_is_told(api: Client) -> None:
    publish(api, 1)
    page = read(api)
    assert page["events"] == []
    assert page["position"] == 1
    publish(api, 2)
    assert urls(read(api, f"after={page['position']}")) == ["bids/2"]


def test_a_position_beyond_the_log_is_its_end(api: Client) -> None:
    publish(api, 1)
    page = read(api, "after=999999")
    assert page["position"] == 1


def test_who_waits_is_told_at_once_when_something_comes(api: Client) -> None:
    found: list[TestResponse] = []

    def wait() -> None:
        found.append(call(api, "GET", "/events?topics=bids&wait=20", by="subscriber"))

    waiting = threading.Thread(target=wait)
    with another_waits(api):
        waiting.start()
        while waiting.is_alive():
            publish(api, 0, topic="offers")
            publish(api, 1)
            waiting.join(0.1)
    assert urls(found[0].get_json())[0] == "bids/1"


def test_who_waits_in_vain_gets_an_empty_page(api: Client) -> None:
    with another_waits(api):
        begun_s = time.monotonic()
        assert read(api, "wait=1")["events"] == []
        assert time.monotonic() - begun_s >= 1


def test_what_was_trimmed_is_said(api: Client, storage: Storage) -> None:
    publish(api, *range(6))
    storage.log.trim(4)
    page = read(api, "after=1")
    assert page["resync"] == {"from": 2, "to": 3}
    assert urls(page) == ["bids/3", "bids/4", "bids/5"]
    assert "resync" not in read(api, "after=beginning")
    nothing = read(api, "topics=offers&after=0")
    assert nothing["resync"] == {"from": 1, "to": 3}
    assert nothing["position"] == 6


def test_the_root_key_reads_too(api: Client) -> None:
    publish(api, 1)
    assert urls(read(api, "after=beginning", by="root")) == ["bids/1"]


def test_the_root_document_leads_there(api: Client) -> None:
    links = call(api, "GET", "/", by="subscriber").get_json()["_links"]
    assert links["events"] == {"href": "/events{?topics,after,limit,wait}", "templated": True}


@pytest.mark.parametrize(
    "query",
    [
        *("after=", "after=-1", "after=1.5", "after=later", "after=" + "9" * 40, "after=%C2%B2"),
        *("limit=0", "limit=1001", "limit=x", "limit=", "wait=31", "wait=-1", "wait=0.5"),
        *("topics=", "topics=Bids", "topics=bids,", "topics=bids.created", "topics=%FF"),
        *("topic=bids", "after=1&after=2", "colour=red", "topics=" + ",".join(["a"] * 99 + ["B"])),
        "topics=" + ",".join("a" + chr(97 + one % 26) + "_" * (one // 26) for one in range(101)),
    ],
)
def test_a_bad_query_is_a_400_with_a_reason(api: Client, query: str) -> None:
    assert assert_problem(call(api, "GET", f"/events?{query}", by="subscriber"), 400)["detail"]


def test_who_is_not_known_or_may_not_read_is_refused(api: Client) -> None:
    made = call(api, "POST", "/api_tokens", {"name": "p", "scopes": ["publish"]}, by="root")
    assert_problem(call(api, "GET", "/events", by=None), 401)
    assert_problem(call(api, "GET", "/events", by="a-token-of-nobody-at-all"), 401)
    narrow = assert_problem(call(api, "GET", "/events", by=made.get_json()["token"]), 403)
    assert narrow["reason"] == "scope"


@pytest.mark.parametrize("accept", ["text/html", "image/*", "application/xml"])
def test_another_media_type_is_a_406(api: Client, accept: str) -> None:
    headers = {"Authorization": "Bearer subscriber-token-of-the-tests", "Accept": accept}
    assert_problem(api.get("/events", headers=headers), 406)


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html, */*;q=0.1", ""])
def test_whatever_takes_json_gets_a_page(api: Client, accept: str) -> None:
    headers = {"Authorization": "Bearer subscriber-token-of-the-tests", "Accept": accept}
    assert json.loads(api.get("/events", headers=headers).data)["position"] == 0
