"""Subscriptions as resources: what a client finds from the root document on, and may do."""

import base64
from dataclasses import replace
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from bus.api.query import PAGE
from bus.model.delivery import DeadLetter, LastAnswer, Parked, Settlement, StateChange
from bus.model.event import LogEvent
from bus.storage import Storage
from tests.bus.api.calling import assert_problem, call
from tests.bus.clock import START_MS, FakeClock

OURS = "/clients/subscriber/subscriptions/stock"
GOOD = {"topics": ["bids"], "callback": "https://s.example/events", "uuid": "the-uuid"}
EVENT = {"type": "create", "url": "https://x.example/1"}
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
OTHER_SECRET = "whsec_" + base64.b64encode(b"o" * 32).decode()
ANSWER = LastAnswer(500, None, START_MS)


def ask(api: Client, method: str, path: str = OURS, body: Any = None) -> TestResponse:
    return call(api, method, path, body, by="subscriber")


def put(api: Client, **changes: Any) -> dict[str, Any]:
    response = ask(api, "PUT", body=GOOD | changes)
    assert response.status_code in {200, 201}, response.text
    shown: dict[str, Any] = response.get_json()
    return shown


def show(api: Client) -> dict[str, Any]:
    response = ask(api, "GET")
    assert response.content_type == "application/hal+json"
    shown: dict[str, Any] = response.get_json()
    return shown


def follow(
    api: Client, document: dict[str, Any], relation: str, body: Any = None
) -> dict[str, Any]:
    """What a POST to a link answers."""
    response = ask(api, "POST", document["_links"][relation]["href"], body)
    assert response.status_code in {200, 201}, response.text
    told: dict[str, Any] = response.get_json()
    return told


def publish(api: Client, count: int) -> None:
    events = [EVENT | {"url": f"https://x.example/{number}"} for number in range(count)]
    assert call(api, "POST", "/topics/bids", events).status_code == 200


def settle(storage: Storage, change: StateChange) -> None:
    """As a pusher does that has tried some events."""
    storage.leases.join("test")
    storage.leases.claim("test", 1)
    (held,) = storage.leases.held("test")
    done = Settlement(
        held.subscription.id,
        held.fence,
        replace(held.cursor, position=storage.log.last_position()),
        held.health,
        sent=0,
        change=change,
    )
    assert storage.settlements.settle("test", [done], START_MS) == frozenset()
    storage.leases.leave("test")


def bury_all(storage: Storage) -> list[LogEvent]:
    """Make everything in the log a dead letter."""
    events = storage.log.read_after(0, None, 1_000)
    settle(
        storage,
        StateChange(dead_letters=[DeadLetter(event, 3, ANSWER, b"no \xff") for event in events]),
    )
    return events


def pages(api: Client, path: str, relation: str) -> list[list[dict[str, Any]]]:
    """Every page of a list."""
    found, following = [], path
    while following:
        page = ask(api, "GET", following).get_json()
        found.append(page["_embedded"][relation])
        following = page["_links"].get("next", {}).get("href", "")
    return found


# ── the root document


def test_a_client_finds_its_subscriptions_from_the_root(api: Client) -> None:
    root = ask(api, "GET", "/").get_json()["_links"]
    assert root["subscriptions"]["href"] == "/clients/subscriber/subscriptions"
    assert root["subscription"] == {
        "href": "/clients/subscriber/subscriptions/{name}",
        "templated": True,
    }
    assert root["topics"]["href"] == "/topics"
    assert root["publish"]["href"] == "/topics/{topic}"
    assert ask(api, "GET", root["service-desc"]["href"]).get_json()["openapi"].startswith("3.")
    assert "clients" not in root


def test_the_root_key_finds_every_clients(api: Client) -> None:
    put(api)
    root = call(api, "GET", "/", by="root").get_json()["_links"]
    assert "publish" not in root
    listed = call(api, "GET", root["clients"]["href"], by="root").get_json()
    (client,) = listed["_embedded"]["clients"]
    theirs = call(api, "GET", client["_links"]["subscriptions"]["href"], by="root").get_json()
    assert [one["name"] for one in theirs["_embedded"]["subscriptions"]] == ["stock"]
    assert call(api, "POST", f"{OURS}/pause", by="root").get_json()["state"] == "paused"


def test_only_the_root_key_lists_clients(api: Client) -> None:
    assert_problem(ask(api, "GET", "/clients"), 401)


# ── subscribing


def test_a_new_one_is_201_with_its_secret_shown_this_once(api: Client) -> None:
    response = ask(api, "PUT", body=GOOD)
    assert (response.status_code, response.headers["Location"]) == (201, OURS)
    secret = response.get_json()["secret"]
    assert secret.startswith("whsec_")
    again = ask(api, "PUT", body=GOOD)
    assert again.status_code == 200
    assert "secret" not in again.get_json()
    for text in (
        again.text,
        ask(api, "GET").text,
        call(api, "GET", "/subscriptions", by="root").text,
    ):
        assert secret not in text
        assert "the-uuid" not in text


def test_what_is_asked_for_is_shown(api: Client) -> None:
    settings = {
        "topics": ["bids", "orders.create"],
        "timeout": 500,
        "max": 10,
        "concurrency": 4,
        "coalesce": True,
        "format": "cloudevents",
        "events_per_s": 50,
        "retry": {"first_ms": 200, "longest_ms": 900, "parked_ms": [100], "give_up_ms": 60_000},
    }
    put(api, **settings)
    shown = show(api)
    assert {name: shown[name] for name in settings} == settings


def test_what_is_not_asked_for_is_as_by_default(api: Client) -> None:
    put(api, max=10, concurrency=4, coalesce=True, events_per_s=9)
    put(api)
    shown = show(api)
    assert (shown["max"], shown["concurrency"], shown["coalesce"]) == (100, 1, False)
    assert (shown["timeout"], shown["events_per_s"], shown["format"]) == (None, None, "routemaster")
    assert len(shown["retry"]["parked_ms"]) == 10


def secrets(storage: Storage, clock: FakeClock) -> tuple[str, ...]:
    client = storage.clients.id_of("subscriber")
    return storage.subscriptions.secrets(client, "stock").valid(clock())


def test_a_secret_comes_with_the_subscription_in_one_call(
    api: Client, storage: Storage, clock: FakeClock
) -> None:
    assert put(api, secret=SECRET)["secret"] == SECRET
    assert secrets(storage, clock) == (SECRET,)


def test_another_secret_in_a_later_call_is_a_rotation(
    api: Client, storage: Storage, clock: FakeClock
) -> None:
    put(api, secret=SECRET)
    for _ in range(2):
        assert "secret" not in put(api, secret=OTHER_SECRET)
    assert secrets(storage, clock) == (OTHER_SECRET, SECRET)
    put(api)
    assert secrets(storage, clock) == (OTHER_SECRET, SECRET)
    clock.forward(86_400_000)
    assert secrets(storage, clock) == (OTHER_SECRET,)


STARTS: list[Any] = ["now", "beginning", "snapshot", {"position": 1}, {"time_ms": START_MS + 1}]


@pytest.mark.parametrize(("start", "waiting"), list(zip(STARTS, [0, 3, 3, 2, 0], strict=True)))
def test_from_says_where_a_new_one_begins(api: Client, start: Any, waiting: int) -> None:
    publish(api, 3)
    put(api, **{"from": start})
    assert show(api)["lag"]["events"] == waiting


BAD: list[dict[str, Any]] = [
    *({"topics": topics} for topics in ("bids", ["bids.made"], ["*.create"], ["Bids"], ["a.b.c"])),
    *({"concurrency": most} for most in (0, 65, "1", True)),
    *({"coalesce": word} for word in (1, "yes")),
    *({"format": word} for word in ("xml", 1)),
    *({"events_per_s": most} for most in (0, 100_001, 1.5)),
    *({"from": start} for start in ("then", {}, {"position": -1}, {"position": 1, "time_ms": 1})),
    *({"secret": secret} for secret in ("x", 1, "whsec_", "whsec_a2V5")),
    *({"retry": retry} for retry in (1, {"other": 1}, {"first_ms": 99}, {"first_ms": 600_001})),
    *({"retry": {"parked_ms": waits}} for waits in (1, [99], [None], [100] * 21, ["1"])),
    *({"retry": {"give_up_ms": wait}} for wait in (1, 2_592_000_001)),
    {"retry": {"first_ms": 5_000, "longest_ms": 4_000}},
    {"callback": "https://10.0.0.1/"},
    {"other": 1},
]


@pytest.mark.parametrize("change", BAD, ids=str)
def test_a_bad_one_is_400_and_changes_nothing(api: Client, change: dict[str, Any]) -> None:
    put(api)
    before = show(api)
    document = assert_problem(ask(api, "PUT", body=GOOD | change), 400)
    assert document["detail"]
    assert show(api) == before


@pytest.mark.parametrize("name", ["Stock", "a b", "-a", "a" * 65, "%00", "%C3%BC"])
def test_a_bad_name_is_400(api: Client, name: str) -> None:
    assert_problem(ask(api, "PUT", f"/clients/subscriber/subscriptions/{name}", GOOD), 400)


def test_the_one_that_routemaster_knows_is_called_default(api: Client) -> None:
    assert ask(api, "POST", "/subscription", GOOD).status_code == 204
    assert ask(api, "GET", "/clients/subscriber/subscriptions/default").status_code == 200


def test_a_deleted_one_is_gone(api: Client) -> None:
    put(api)
    assert ask(api, "DELETE").status_code == 204
    assert_problem(ask(api, "GET"), 404)
    assert_problem(ask(api, "DELETE"), 404)
    collection = ask(api, "GET", "/clients/subscriber/subscriptions").get_json()
    assert collection["_embedded"]["subscriptions"] == []


# ── who may


PATHS = [
    ("GET", ""),
    ("PUT", ""),
    ("DELETE", ""),
    *(("POST", path) for path in ("/pause", "/resume", "/seek", "/test", "/secret")),
    *(("GET", path) for path in ("/parked", "/dead-letters", "/attempts")),
    *(("GET", path) for path in ("/dead-letters/1", "/attempts/1")),
    *(("POST", path) for path in ("/dead-letters/redrive", "/dead-letters/1/redrive")),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_it_is_its_owners_alone(api: Client, method: str, path: str) -> None:
    put(api)
    before = show(api)
    for by, status in ((None, 401), ("nobody-has-this", 401), ("stranger", 403)):
        assert_problem(call(api, method, OURS + path, GOOD, by=by), status)
    assert show(api) == before


@pytest.mark.parametrize(("method", "path"), [one for one in PATHS if one[0] != "PUT"])
def test_what_is_not_there_is_404(api: Client, method: str, path: str) -> None:
    assert_problem(ask(api, method, OURS + path, {"to": "now"} if path == "/seek" else None), 404)


def test_a_client_that_is_not_there_is_404_for_the_root_key(api: Client) -> None:
    assert_problem(call(api, "GET", "/clients/nobody/subscriptions", by="root"), 404)


# ── what can be done


def test_a_pause_takes_the_link_that_resumes(api: Client) -> None:
    shown = put(api)
    assert "resume" not in shown["_links"]
    shown = follow(api, shown, "pause")
    assert (shown["state"], "pause" in shown["_links"]) == ("paused", False)
    assert put(api)["state"] == "paused"
    shown = follow(api, shown, "resume")
    assert (shown["state"], "resume" in shown["_links"]) == ("active", False)


@pytest.mark.parametrize(
    ("to", "waiting"), [("beginning", 3), ("now", 0), ({"position": 2}, 1), ("snapshot", 3)]
)
def test_seeking_moves_the_cursor(api: Client, to: Any, waiting: int) -> None:
    publish(api, 3)
    assert follow(api, put(api), "seek", {"to": to})["lag"]["events"] == waiting


@pytest.mark.parametrize("body", [{}, {"to": "x"}, {"to": 1}, {"to": "now", "more": 1}, [], None])
def test_a_bad_seek_is_400(api: Client, body: Any) -> None:
    put(api)
    assert_problem(ask(api, "POST", f"{OURS}/seek", body), 400)


def test_a_secret_is_refused_when_those_of_a_day_are_all_in_use(
    api: Client, storage: Storage, clock: FakeClock
) -> None:
    shown = put(api, secret=SECRET)
    for _ in range(20):
        follow(api, shown, "secret")
        clock.forward(1000)
    valid = secrets(storage, clock)
    assert (len(valid), valid[-1]) == (21, SECRET)
    assert_problem(ask(api, "POST", f"{OURS}/secret", {}), 409)
    assert_problem(ask(api, "PUT", OURS, GOOD | {"secret": OTHER_SECRET}), 409)
    assert secrets(storage, clock) == valid
    clock.forward(86_400_000 - 20_000)
    assert follow(api, shown, "secret", {"secret": OTHER_SECRET}) == {"secret": OTHER_SECRET}


def test_a_secret_is_rotated_and_shown_this_once(
    api: Client, storage: Storage, clock: FakeClock
) -> None:
    shown = put(api, secret=SECRET)
    made = follow(api, shown, "secret")["secret"]
    assert secrets(storage, clock) == (made, SECRET)
    assert follow(api, shown, "secret", {"secret": OTHER_SECRET}) == {"secret": OTHER_SECRET}
    assert_problem(ask(api, "POST", f"{OURS}/secret", {"secret": "x"}), 400)


def test_a_test_event_is_asked_for(api: Client, storage: Storage) -> None:
    follow(api, put(api), "test")
    storage.leases.join("test")
    storage.leases.claim("test", 1)
    (held,) = storage.leases.held("test")
    assert held.test_wanted


def test_lag_is_in_events_and_in_age(api: Client, clock: FakeClock) -> None:
    put(api)
    publish(api, 3)
    clock.forward(2_500)
    assert show(api)["lag"] == {"events": 3, "oldest_ms": 2_500}


# ── what could not be delivered


def test_parked_entities_are_listed_by_url_in_pages(api: Client, storage: Storage) -> None:
    put(api)
    publish(api, PAGE + 1)
    events = storage.log.read_after(0, None, 1_000)
    entities = {event.url: Parked(event.url, 0, ANSWER.at_ms, 1, ANSWER) for event in events}
    settle(storage, StateChange(park=dict(entities), park_events=events))
    assert show(api)["parked"] == PAGE + 1
    first, second = pages(api, show(api)["_links"]["parked"]["href"], "parked")
    assert [one["url"] for one in first + second] == sorted(entities)
    assert first[0] | {"url": ""} == {
        "url": "",
        "events": 1,
        "failures": 0,
        "retry_at_ms": START_MS,
        "last_answer": {"status": 500, "error": None, "at_ms": START_MS},
    }


def test_dead_letters_are_listed_in_pages_and_shown_with_the_last_answer(
    api: Client, storage: Storage
) -> None:
    put(api)
    publish(api, PAGE + 1)
    events = bury_all(storage)
    assert show(api)["dead_letters"] == PAGE + 1
    first, second = pages(api, show(api)["_links"]["dead-letters"]["href"], "dead-letters")
    assert [one["event"]["url"] for one in first + second] == [event.url for event in events]
    assert "answer_body" not in first[0]
    whole = ask(api, "GET", second[0]["_links"]["self"]["href"]).get_json()
    assert whole["answer_body"] == "no \ufffd"
    assert (whole["attempts"], whole["last_answer"]["status"]) == (3, 500)


def test_dead_letters_are_redriven_one_some_and_all(api: Client, storage: Storage) -> None:
    put(api)
    publish(api, 6)
    assert "redrive" not in show(api)["_links"]
    bury_all(storage)
    (letters,) = pages(api, f"{OURS}/dead-letters", "dead-letters")
    assert follow(api, letters[0], "redrive") == {"redriven": 1, "covered": 0}
    some = {"ids": [letters[1]["id"], letters[2]["id"]]}
    assert follow(api, show(api), "redrive", some) == {"redriven": 2, "covered": 0}
    assert pages(api, f"{OURS}/dead-letters", "dead-letters") == [letters[3:]]
    assert follow(api, show(api), "redrive") == {"redriven": 3, "covered": 0}
    assert pages(api, f"{OURS}/dead-letters", "dead-letters") == [[]]


@pytest.mark.parametrize("body", [[], {"ids": 1}, {"ids": ["1"]}, {"ids": [True]}, {"all": 1}])
def test_a_bad_redrive_is_400(api: Client, storage: Storage, body: Any) -> None:
    put(api)
    publish(api, 1)
    bury_all(storage)
    assert_problem(ask(api, "POST", f"{OURS}/dead-letters/redrive", body), 400)
    assert_problem(ask(api, "POST", f"{OURS}/dead-letters/redrive", {"ids": [10**9]}), 404)
    assert show(api)["dead_letters"] == 1


@pytest.mark.parametrize(
    "query", ["dead-letters?after=x", "dead-letters?after=-1", "attempts?before=1e3"]
)
def test_a_page_that_is_none_is_400(api: Client, query: str) -> None:
    put(api)
    assert_problem(ask(api, "GET", f"{OURS}/{query}"), 400)


def test_without_attempts_the_list_is_empty(api: Client) -> None:
    put(api)
    assert pages(api, f"{OURS}/attempts", "attempts") == [[]]
