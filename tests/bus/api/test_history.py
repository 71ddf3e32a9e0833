"""`GET /history`: what a client may see of it is its own."""

from typing import Any

import pytest
from werkzeug.test import Client

from bus.model.history import DeliveryCounts
from bus.storage import Storage
from tests.bus.api.calling import assert_problem, call
from tests.bus.clock import FakeClock

EVENT = {"type": "create", "url": "https://x.example/1"}
SUBSCRIPTION = {"topics": ["bids"], "callback": "https://s.example/", "uuid": "u"}


@pytest.fixture(autouse=True)
def happened(api: Client, storage: Storage, clock: FakeClock) -> None:
    call(api, "POST", "/subscription", SUBSCRIPTION, by="subscriber")
    call(api, "POST", "/topics/bids", EVENT)
    storage.history.sample(clock())
    clock.forward(60_000)
    call(api, "POST", "/topics/bids", [EVENT, EVENT])
    ours = storage.overviews.one("subscriber", "default").subscription.id
    storage.history.add({ours: DeliveryCounts(3, 1)}, clock())
    storage.history.sample(clock())


def last(api: Client, by: str, query: str = "") -> dict[str, Any]:
    document = call(api, "GET", f"/history{query}", by=by).get_json()
    assert len(document["points"]) == {"hour": 60, "day": 96, "week": 84}[document["span"]]
    point: dict[str, Any] = document["points"][-1]
    return {name: point[name] for name in ("published", "delivered", "failed")}


@pytest.mark.parametrize(
    ("by", "query", "seen"),
    [
        ("root", "", (2, 3, 1)),
        ("root", "?subscription=subscriber/default", (2, 3, 1)),
        ("subscriber", "?subscription=subscriber/default", (2, 3, 1)),
        ("subscriber", "", (0, 3, 1)),
        ("publisher", "", (2, 0, 0)),
        ("stranger", "", (0, 0, 0)),
    ],
)
def test_everybody_sees_the_own(
    api: Client, by: str, query: str, seen: tuple[int, int, int]
) -> None:
    assert tuple(last(api, by, query).values()) == seen


@pytest.mark.parametrize("span", ["day", "week"])
def test_longer_spans_have_it_too(api: Client, span: str) -> None:
    assert last(api, "root", f"?span={span}")["delivered"] == 3


def test_what_is_anothers_or_nobodys_is_refused(api: Client) -> None:
    path = "/history?subscription="
    assert_problem(call(api, "GET", f"{path}subscriber/default", by="stranger"), 403)
    assert_problem(call(api, "GET", f"{path}subscriber/none", by="subscriber"), 404)
    wrong = call(api, "GET", "/history?span=year", by="root")
    assert_problem(wrong, 400)
    assert wrong.get_json()["detail"] == "span is none of hour, day, week"
