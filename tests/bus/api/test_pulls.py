"""Subscriptions that are pulled, at both entrances."""

import threading
from typing import Any

import pytest
from werkzeug.test import Client

from bus.storage import Storage
from tests.bus.api.calling import assert_problem, call
from tests.bus.api.entrances import api, loop
from tests.bus.api.waiting import another_waits
from tests.bus.clock import FakeClock

__all__ = ["api", "loop"]

HERE = "/clients/subscriber/subscriptions/work"


@pytest.fixture(autouse=True)
def subscribed(api: Client) -> Any:
    answer = call(api, "PUT", HERE, {"topics": ["bids"], "from": "beginning"}, by="subscriber")
    assert answer.status_code == 201, answer.text
    return answer.get_json()


def publish(api: Client, *numbers: int, topic: str = "bids", type: str = "create") -> None:
    events = [{"type": type, "url": f"https://x.example/{one}"} for one in numbers]
    assert call(api, "POST", f"/topics/{topic}", events).status_code == 200


def pull(api: Client, **query: int) -> Any:
    text = "&".join(f"{key}={value}" for key, value in query.items())
    answer = call(api, "GET", f"{HERE}/events?{text}", by="subscriber")
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def ack(api: Client, batch: Any, *failed: str) -> int:
    body = {"lease": batch["lease"]} | ({"failed": list(failed)} if failed else {})
    answer = call(api, "POST", f"{HERE}/ack", body, by="subscriber")
    assert answer.status_code == 200, answer.text
    return int(answer.get_json()["position"])


def numbers(batch: Any) -> list[int]:
    return [int(event["url"].removeprefix("https://x.example/")) for event in batch["events"]]


def shown(api: Client) -> Any:
    return call(api, "GET", HERE, by="subscriber").get_json()


def test_it_has_no_callback_and_links_to_what_pulling_takes(subscribed: Any) -> None:
    assert subscribed["callback"] is None
    assert "secret" not in subscribed
    links = subscribed["_links"]
    assert links["events"]["href"] == f"{HERE}/events"
    assert links["ack"]["href"] == f"{HERE}/ack"
    assert not {"test", "secret"} & links.keys()


def test_what_was_acknowledged_is_settled(api: Client) -> None:
    publish(api, 1, 2, 3)
    first = pull(api, limit=2)
    assert numbers(first) == [1, 2]
    assert first["position"] == 2
    assert ack(api, first) == 2
    last = pull(api)
    assert numbers(last) == [3]
    assert ack(api, last) == 3
    assert pull(api)["lease"] is None
    now = shown(api)
    assert (now["position"], now["sent"], now["lag"]["events"]) == (3, 3, 0)


def test_several_pullers_share_it_and_no_event_is_in_two_hands(api: Client) -> None:
    publish(api, *range(6))
    batches = [pull(api, limit=2) for _ in range(4)]
    assert [numbers(one) for one in batches] == [[0, 1], [2, 3], [4, 5], []]
    assert ack(api, batches[1]) == 0
    assert ack(api, batches[0]) == 4
    assert ack(api, batches[2]) == 6


def test_the_events_of_a_url_wait_for_those_before_them(api: Client) -> None:
    publish(api, 1)
    publish(api, 1, 2, type="update")
    first = pull(api, limit=1)
    assert numbers(first) == [1]
    second = pull(api)
    assert numbers(second) == [2]
    assert pull(api)["events"] == []
    ack(api, first)
    third = pull(api)
    assert (numbers(third), third["events"][0]["type"]) == ([1], "update")
    ack(api, third)
    ack(api, second)
    assert shown(api)["lag"]["events"] == 0


def test_a_lease_that_lapses_comes_again_and_is_not_acknowledged_late(
    api: Client, clock: FakeClock
) -> None:
    publish(api, 1, 2)
    late = pull(api, lease_ms=1000)
    assert pull(api)["events"] == []
    clock.forward(1000)
    again = pull(api)
    assert again["events"] == late["events"]
    refused = call(api, "POST", f"{HERE}/ack", {"lease": late["lease"]}, by="subscriber")
    assert assert_problem(refused, 409)["reason"] == "lease_lapsed"
    assert ack(api, again) == 2
    assert pull(api)["events"] == []


def test_acknowledging_twice_does_no_harm(api: Client) -> None:
    publish(api, 1)
    batch = pull(api)
    assert ack(api, batch) == ack(api, batch) == 1
    assert shown(api)["sent"] == 1


def test_a_position_acknowledges_all_up_to_it(api: Client) -> None:
    publish(api, *range(4))
    pull(api, limit=2)
    second = pull(api, limit=1)
    body = {"position": second["position"]}
    assert call(api, "POST", f"{HERE}/ack", body, by="subscriber").get_json() == {"position": 3}
    assert numbers(pull(api)) == [3]
    assert call(api, "POST", f"{HERE}/ack", body, by="subscriber").status_code == 200


def test_a_position_beyond_what_is_leased_is_refused(api: Client) -> None:
    publish(api, *range(4))
    pull(api, limit=2)
    for position in (3, 4, 99):
        refused = call(api, "POST", f"{HERE}/ack", {"position": position}, by="subscriber")
        assert assert_problem(refused, 409)["reason"] == "lease_lapsed"
    assert shown(api)["position"] == 0


def test_what_failed_is_parked_and_tried_again_and_dies(api: Client, clock: FakeClock) -> None:
    wanted = {"topics": ["bids"], "retry": {"parked_ms": [1000]}}
    call(api, "PUT", HERE, wanted, by="subscriber")
    publish(api, 1, 2, 3)
    publish(api, 1, type="update")
    batch = pull(api, limit=3)
    ack(api, batch, batch["events"][0]["id"])
    assert pull(api)["events"] == []
    assert shown(api)["parked"] == 2
    clock.forward(1000)
    again = pull(api)
    assert [event["type"] for event in again["events"]] == ["create", "update"]
    assert pull(api)["events"] == []
    ack(api, again, again["events"][0]["id"])
    now = shown(api)
    assert (now["parked"], now["dead_letters"], now["lag"]["events"]) == (0, 1, 0)
    (letter,) = call(api, "GET", f"{HERE}/dead-letters", by="subscriber").get_json()["_embedded"][
        "dead-letters"
    ]
    assert letter["event"]["id"] == batch["events"][0]["id"]


def test_dead_letters_that_are_redriven_are_pulled(api: Client) -> None:
    wanted = {"topics": ["bids"], "retry": {"parked_ms": []}}
    call(api, "PUT", HERE, wanted, by="subscriber")
    publish(api, 1)
    batch = pull(api)
    ack(api, batch, batch["events"][0]["id"])
    assert shown(api)["dead_letters"] == 1
    call(api, "POST", f"{HERE}/dead-letters/redrive", by="subscriber")
    again = pull(api)
    assert again["events"] == batch["events"]
    ack(api, again)
    now = shown(api)
    assert (now["parked"], now["dead_letters"]) == (0, 0)


def test_an_id_of_no_event_in_the_lease_is_refused(api: Client) -> None:
    publish(api, 1)
    batch = pull(api)
    body = {"lease": batch["lease"], "failed": ["nothing"]}
    assert_problem(call(api, "POST", f"{HERE}/ack", body, by="subscriber"), 400)
    assert ack(api, batch) == 1


def test_what_was_trimmed_is_said_first(api: Client, storage: Storage) -> None:
    publish(api, *range(6))
    storage.log.trim(4)
    batch = pull(api)
    told, *rest = batch["events"]
    assert (told["topic"], told["type"], told["data"]) == ("bus", "resync", {"from": 1, "to": 3})
    assert numbers({"events": rest}) == [3, 4, 5]
    assert ack(api, batch) == 6
    assert pull(api)["events"] == []


def test_a_resync_comes_until_it_is_acknowledged(
    api: Client, storage: Storage, clock: FakeClock
) -> None:
    publish(api, *range(6))
    storage.log.trim(4)
    pull(api, limit=1, lease_ms=1000)
    rest = pull(api)
    assert numbers(rest) == [3, 4, 5]
    assert ack(api, rest) == 0
    clock.forward(1000)
    (told,) = pull(api)["events"]
    assert told["data"] == {"from": 1, "to": 3}


def test_a_paused_subscription_gives_nothing_out_and_takes_acknowledgements(api: Client) -> None:
    publish(api, 1, 2)
    batch = pull(api, limit=1)
    call(api, "POST", f"{HERE}/pause", by="subscriber")
    assert pull(api)["events"] == []
    assert ack(api, batch) == 1
    call(api, "POST", f"{HERE}/resume", by="subscriber")
    assert numbers(pull(api)) == [2]


def test_a_seek_takes_what_is_leased_from_its_holders(api: Client) -> None:
    publish(api, 1, 2)
    batch = pull(api)
    call(api, "POST", f"{HERE}/seek", {"to": "beginning"}, by="subscriber")
    refused = call(api, "POST", f"{HERE}/ack", {"lease": batch["lease"]}, by="subscriber")
    assert_problem(refused, 409)
    assert numbers(pull(api)) == [1, 2]


def test_a_backlog_is_coalesced(api: Client) -> None:
    call(api, "PUT", HERE, {"topics": ["bids"], "coalesce": True}, by="subscriber")
    for _ in range(3):
        publish(api, 1, 2, type="update")
    publish(api, 3)
    batch = pull(api)
    assert sorted(numbers(batch)) == [1, 2, 3]
    assert ack(api, batch) == 7


def test_a_newcomer_may_begin_with_a_snapshot(api: Client) -> None:
    for _ in range(3):
        publish(api, 1, 2, type="update")
    there = HERE.replace("work", "fresh")
    call(api, "PUT", there, {"topics": ["bids"], "from": "snapshot"}, by="subscriber")
    publish(api, 3)
    seen: list[int] = []
    while (found := call(api, "GET", f"{there}/events", by="subscriber").get_json())["lease"]:
        seen += numbers(found)
        call(api, "POST", f"{there}/ack", {"lease": found["lease"]}, by="subscriber")
    assert seen == [1, 2, 3]


def test_the_cursor_moves_past_what_others_publish(api: Client) -> None:
    publish(api, 1)
    ack(api, pull(api))
    publish(api, 2, topic="offers")
    assert pull(api)["position"] == 2
    assert shown(api)["position"] == 2


def test_who_waits_is_told_at_once_when_something_comes(api: Client) -> None:
    found: list[Any] = []
    waiting = threading.Thread(target=lambda: found.append(pull(api, wait=20)))
    with another_waits(api):
        waiting.start()
        publish(api, 0, topic="offers")
        publish(api, 7)
        waiting.join()
    assert numbers(found[0]) == [7]


def test_pushed_and_pulled_are_each_refused_what_is_for_the_other(api: Client) -> None:
    for action in ("test", "secret"):
        refused = call(api, "POST", f"{HERE}/{action}", by="subscriber")
        assert assert_problem(refused, 409)["reason"] == "mode"
    there = HERE.replace("work", "pushed")
    pushed = {"topics": ["bids"], "callback": "https://s.example/", "uuid": "u"}
    call(api, "PUT", there, pushed, by="subscriber")
    assert_problem(call(api, "GET", f"{there}/events", by="subscriber"), 409)
    assert_problem(call(api, "POST", f"{there}/ack", {"position": 0}, by="subscriber"), 409)


def test_changed_to_pushed_and_back_it_keeps_its_cursor(api: Client) -> None:
    publish(api, 1, 2, 3)
    ack(api, pull(api, limit=1))
    held = pull(api, limit=1)
    pushed = {"topics": ["bids"], "callback": "https://s.example/", "uuid": "u"}
    assert call(api, "PUT", HERE, pushed, by="subscriber").get_json()["position"] == 1
    assert call(api, "PUT", HERE, {"topics": ["bids"]}, by="subscriber").status_code == 200
    assert numbers(pull(api)) == [2, 3]
    refused = call(api, "POST", f"{HERE}/ack", {"lease": held["lease"]}, by="subscriber")
    assert_problem(refused, 409)


@pytest.mark.parametrize(
    "wanted",
    [
        *({"uuid": "u"}, {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}),
        *({"events_per_s": 1}, {"format": "cloudevents"}, {"callback": "https://s.example/"}),
    ],
)
def test_what_is_for_pushing_is_refused(api: Client, wanted: Any) -> None:
    answer = call(api, "PUT", HERE, {"topics": ["bids"]} | wanted, by="subscriber")
    assert_problem(answer, 400)


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=1001", "wait=31", "lease_ms=999", "lease_ms=x", "after=1", "limit="]
)
def test_a_bad_query_is_a_400(api: Client, query: str) -> None:
    assert_problem(call(api, "GET", f"{HERE}/events?{query}", by="subscriber"), 400)


@pytest.mark.parametrize(
    "body",
    [
        *({}, [], {"lease": 1}, {"lease": "x", "position": 1}, {"position": -1}, {"position": "1"}),
        *({"lease": "x", "failed": "y"}, {"lease": "x", "failed": [1]}, {"colour": "red"}),
    ],
)
def test_a_bad_acknowledgement_is_a_400(api: Client, body: Any) -> None:
    assert_problem(call(api, "POST", f"{HERE}/ack", body, by="subscriber"), 400)


def test_it_is_for_its_client_and_the_root_key(api: Client) -> None:
    assert_problem(call(api, "GET", f"{HERE}/events", by=None), 401)
    assert_problem(call(api, "GET", f"{HERE}/events", by="stranger"), 403)
    made = call(
        api, "POST", "/api_tokens", {"name": "subscriber", "scopes": ["monitor"]}, by="root"
    )
    monitor = made.get_json()["token"]
    assert_problem(call(api, "GET", f"{HERE}/events", by=monitor), 403)
    assert call(api, "GET", f"{HERE}/events", by="root").status_code == 200
    assert_problem(call(api, "GET", HERE.replace("work", "no") + "/events", by="subscriber"), 404)
