"""What a seek would bring, and where it leads, on both engines."""

from typing import Any

import pytest
from werkzeug.test import Client

from bus.storage import Storage
from tests.bus.api.calling import assert_problem, call
from tests.bus.clock import FakeClock

ONE = "/clients/subscriber/subscriptions/one"
SUBSCRIPTION = {"topics": ["bids", "offers.create"], "callback": "https://s.example/", "uuid": "u"}


@pytest.fixture(params=["sqlite_file", pytest.param("postgres_database", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


@pytest.fixture
def published(api: Client, clock: FakeClock) -> Client:
    """A second between events: of bids at 1, 3, 5, 7, of offers at 2, 4, 6, of them 4 an update."""
    for number in range(1, 8):
        topic = "bids" if number % 2 else "offers"
        kind = "update" if number == 4 else "create"
        event = {"type": kind, "url": f"https://x.example/{number % 3}"}
        assert call(api, "POST", f"/topics/{topic}", event).status_code == 200
        clock.forward(1000)
    assert call(api, "PUT", ONE, SUBSCRIPTION, by="subscriber").status_code == 201
    return api


def preview(api: Client, to: str) -> dict[str, Any]:
    answer = call(api, "GET", f"{ONE}/seek?to={to}", by="subscriber")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def ends(found: dict[str, Any]) -> tuple[int | None, int | None]:
    oldest, newest = found["oldest"], found["newest"]
    return oldest and oldest["position"], newest and newest["position"]


@pytest.mark.parametrize(
    ("to", "position", "between"),
    [
        ("now", 7, (None, None)),
        ("beginning", 0, (1, 7)),
        ("position:4", 4, (5, 7)),
        ("position:99", 7, (None, None)),
        ("events:-1", 6, (7, 7)),
        ("events:-3", 4, (5, 7)),
        ("events:-4", 2, (3, 7)),
        ("events:-99", 0, (1, 7)),
        ("events:0", 7, (None, None)),
        ("events:5", 7, (None, None)),
        ("time_ms:1700000005000", 5, (6, 7)),
    ],
)
def test_a_preview_says_what_the_seek_then_brings(
    published: Client, to: str, position: int, between: tuple[int | None, int | None]
) -> None:
    found = preview(published, to)
    assert (found["position"], ends(found)) == (position, between)
    assert call(published, "GET", ONE, by="subscriber").get_json()["position"] == 7
    name, _, number = to.partition(":")
    body = {"to": {name: int(number)} if number else name}
    moved = call(published, "POST", f"{ONE}/seek", body, by="subscriber").get_json()
    assert (moved["position"], moved["lag"]["events"]) == (position, found["events"])


def test_so_many_events_on_from_where_it_is(published: Client) -> None:
    call(published, "POST", f"{ONE}/seek", {"to": "beginning"}, by="subscriber")
    assert preview(published, "events:2")["position"] == 2
    assert preview(published, "events:%2B4")["position"] == 5


def test_a_preview_of_a_snapshot_counts_live_entities(published: Client) -> None:
    found = preview(published, "snapshot")
    assert (found["events"], ends(found)) == (5, (2, 7))
    assert found["position"] == 0


def test_what_is_gone_from_the_log_is_told(published: Client, storage: Storage) -> None:
    storage.log.trim(4)
    found = preview(published, "position:1")
    assert (found["lost"], ends(found)) == (2, (5, 7))


@pytest.mark.parametrize(
    "query",
    [
        *("", "?to=", "?to=never", "?to=position", "?to=position:", "?to=position:x"),
        *(
            "?to=events:1.5",
            "?to=events:100001",
            "?to=position:-1",
            "?to=now&x=1",
            "?to=now&to=now",
        ),
        "?to=time_ms:" + "9" * 40,
    ],
)
def test_a_place_that_is_none_is_refused(published: Client, query: str) -> None:
    assert_problem(call(published, "GET", f"{ONE}/seek{query}", by="subscriber"), 400)


@pytest.mark.parametrize("to", [{"events": "1"}, {"events": 1, "position": 1}, {"events": 10**6}])
def test_so_is_one_in_a_body(published: Client, to: object) -> None:
    assert_problem(call(published, "POST", f"{ONE}/seek", {"to": to}, by="subscriber"), 400)


def test_a_new_subscription_is_nowhere_to_count_from(api: Client) -> None:
    body = SUBSCRIPTION | {"from": {"events": -1}}
    assert_problem(call(api, "PUT", ONE, body, by="subscriber"), 400)


def test_a_preview_is_its_owners(published: Client) -> None:
    assert_problem(call(published, "GET", f"{ONE}/seek?to=now", by="stranger"), 403)


@pytest.mark.parametrize("body", [{"to": None}, {}, {"to": []}])
def test_a_seek_to_nowhere_passes_by_no_backlog(published: Client, body: object) -> None:
    call(published, "POST", f"{ONE}/seek", {"to": "beginning"}, by="subscriber")
    assert_problem(call(published, "POST", f"{ONE}/seek", body, by="subscriber"), 400)
    shown = call(published, "GET", ONE, by="subscriber").get_json()
    assert shown["position"] == 0
