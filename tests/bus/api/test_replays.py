"""What is tried sooner is no replay, what is redriven or moved back is one: on both engines."""

from typing import Any

import pytest
from werkzeug.test import Client

from tests.bus.api.calling import assert_problem, call

HERE = "/clients/subscriber/subscriptions/work"


@pytest.fixture(params=["sqlite_file", pytest.param("postgres_database", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


def pulled(api: Client) -> tuple[list[str], int, dict[str, Any]]:
    """The names of what comes next, in which replay, and the whole batch."""
    batch = call(api, "GET", f"{HERE}/events", by="subscriber").get_json()
    names = [event["url"].removeprefix("https://x.example/") for event in batch["events"]]
    return names, batch["replay"], batch


def post(api: Client, what: str, body: object) -> Any:
    answer = call(api, "POST", f"{HERE}/{what}", body, by="subscriber")
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def refuse_all(api: Client, *numbers: int, **retry: list[int]) -> None:
    """Subscribe, and refuse events of these numbers."""
    wanted = {"topics": ["bids"], "retry": retry}
    assert call(api, "PUT", HERE, wanted, by="subscriber").status_code == 201
    events = [{"type": "create", "url": f"https://x.example/{one}"} for one in numbers]
    assert call(api, "POST", "/topics/bids", events).status_code == 200
    _, _, batch = pulled(api)
    ids = [event["id"] for event in batch["events"]]
    post(api, "ack", {"lease": batch["lease"], "failed": ids})


def test_parked_entities_are_tried_now_one_and_all_in_the_same_replay(api: Client) -> None:
    refuse_all(api, 1, 2, 3, parked_ms=[100_000])
    assert pulled(api)[:2] == ([], 0)
    assert post(api, "parked/retry", {"urls": ["https://x.example/2"]}) == {"retried": 1}
    assert pulled(api)[:2] == (["2"], 0)
    assert pulled(api)[:2] == ([], 0)
    assert post(api, "parked/retry", {}) == {"retried": 3}
    assert {pulled(api)[0][0], pulled(api)[0][0]} == {"1", "3"}


@pytest.mark.parametrize(
    ("body", "status"), [({"urls": ["https://x.example/9"]}, 404), ({"urls": 1}, 400), ([], 400)]
)
def test_what_is_not_parked_is_not_tried(api: Client, body: object, status: int) -> None:
    refuse_all(api, 1, parked_ms=[100_000])
    assert_problem(call(api, "POST", f"{HERE}/parked/retry", body, by="subscriber"), status)
    assert pulled(api)[0] == []


def test_a_redrive_and_a_seek_begin_another_replay(api: Client) -> None:
    refuse_all(api, 1, 2, parked_ms=[])
    assert pulled(api)[:2] == ([], 0)
    assert post(api, "dead-letters/redrive", {}) == {"redriven": 2, "covered": 0}
    first, second = pulled(api), pulled(api)
    assert ({*first[0], *second[0]}, first[1], second[1]) == ({"1", "2"}, 1, 1)
    post(api, "seek", {"to": "beginning"})
    assert pulled(api)[1] == 2
