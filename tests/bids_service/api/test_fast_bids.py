"""A plain bid passes the framework by, and is answered as by the app."""

import json
from http import HTTPStatus
from queue import SimpleQueue
from typing import Any

import pytest
from service_kit.database import reading
from service_kit.entrance.asynchronous import EXTENSION, Outcome, WholeAnswer, having_found
from service_kit.errors import KeyReused, StoreUnavailable
from sqlalchemy import select
from werkzeug.test import TestResponse

from bids_service.api import fast_bids
from bids_service.storage.tables import outbox
from tests.bids_service.api.test_placing import body
from tests.bids_service.service import ALL, AUCTION, READ, Service
from tests.waiting import PATIENCE_S

Sent = dict[str, Any]


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys of the bids that were answered without the app."""
    keys: list[str] = []
    real = fast_bids._sent

    def noting(answer: Any, start_response: Any) -> Any:
        keys.append(answer.body)
        return real(answer, start_response)

    monkeypatch.setattr(fast_bids, "_sent", noting)
    return keys


def post(service: Service, key: str = "key-1", **how: Any) -> TestResponse:
    headers = {"Idempotency-Key": key} | how.pop("headers", {})
    content = {} if "data" in how else {"json": body()}
    return service.http().post("/bids", **(content | how), headers=headers)


@pytest.mark.parametrize("amount", ["5.00", "0.10"])
def test_both_ways_answer_alike(service: Service, taken: list[str], amount: str) -> None:
    quick = post(service, json=body(amount=amount))
    slow = post(service, json=body(amount=amount), headers={"Prefer": "nothing"})
    assert len(taken) == 1
    assert (slow.status, slow.data) == (quick.status, quick.data)
    assert dict(slow.headers) == dict(quick.headers)


@pytest.mark.parametrize(
    "how",
    [
        {"json": body() | {"note": "x"}},
        {"json": body() | {"bidder": "http://a.test/customers/\u0000"}},
        {"json": body() | {"maximum": {"amount": "1", "currency": "USD"}}},
        {"json": body() | {"maximum": 5}},
        {"data": b"\xff"},
        {"data": b"[" * 100_000},
        {"data": b"x" * (1024 * 1024 + 1)},
        {"key": "a b"},
        {"headers": {"Authorization": f"Bearer {READ}"}},
        {"headers": {"Authorization": "Bearer nobody-knows-this-token-here"}},
        {"headers": {"Authorization": "Basic bm9ib2R5Og=="}},
    ],
)
def test_what_is_not_plain_is_for_the_app_to_word(
    service: Service, taken: list[str], how: Sent
) -> None:
    answer = post(service, **how)
    assert 400 <= answer.status_code < 500
    assert answer.content_type in {"application/problem+json", "application/hal+json"}
    assert taken == []


def test_what_a_command_raises_is_worded_by_the_app_and_not_tried_twice(
    service: Service, taken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def submit(*request: object) -> None:
        asked.append(request)
        raise StoreUnavailable("away")

    monkeypatch.setattr(type(service.parts.handler.group_commit), "submit", submit)
    answer = post(service)
    assert (answer.status_code, len(asked), taken) == (503, 1, [])
    assert answer.headers["Retry-After"]


def test_a_key_of_another_bid_is_refused_either_way(service: Service) -> None:
    post(service)
    assert post(service, json=body(amount="6.00")).status_code == 422
    spelt = json.dumps(dict(reversed(body().items())), indent=2)
    assert post(service, data=spelt).status_code == 201


def test_bids_that_pass_the_app_by_are_counted_and_in_their_trace(
    service: Service, taken: list[str]
) -> None:
    trace = f"00-{'ab' * 16}-{'cd' * 8}-01"
    post(service, headers={"traceparent": trace})
    assert len(taken) == 1
    counted = service.http().get("/metrics").text
    assert 'duration_seconds_count{method="POST",service="bids",status="2xx"} 1.0' in counted
    with reading(service.parts.database.engine) as connection:
        traces = connection.execute(select(outbox.c.traceparent)).scalars().all()
    assert {trace[3:35] for trace in traces} == {"ab" * 16}


# --- without a thread -----------------------------------------------------------------------------


def begin(
    service: Service,
    settled: SimpleQueue[Outcome],
    key: str = "key-1",
    token: str = ALL,
    **bid: Any,
) -> bool:
    """Whether a bid was begun, as the main loop begins it; what came of it is `settled`."""
    content = json.dumps(body(**bid)).encode()
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/bids",
        "QUERY_STRING": "",
        "CONTENT_LENGTH": str(len(content)),
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        "HTTP_IDEMPOTENCY_KEY": key,
    }
    is_begun: bool = service.app.extensions[EXTENSION].begin(environ, content, settled.put)
    return is_begun


def outcome_of(service: Service, **how: Any) -> Outcome:
    settled: SimpleQueue[Outcome] = SimpleQueue()
    assert begin(service, settled, **how)
    service.app.extensions[EXTENSION].flush()
    return settled.get(timeout=PATIENCE_S)


@pytest.mark.parametrize("amount", ["5.00", "0.10"])
def test_a_bid_that_waits_without_a_thread_is_answered_alike(service: Service, amount: str) -> None:
    service.learn(AUCTION)
    found = outcome_of(service, amount=amount)
    assert isinstance(found, WholeAnswer)
    other = post(service, json=body(amount=amount))
    assert (found.status, found.body) == (other.status_code, other.data)
    ours = {**found.headers, "Content-Length": str(len(found.body))}
    assert ours == dict(other.headers)


def test_what_came_in_one_turn_is_applied_together_each_with_its_own_answer(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.learn(AUCTION)
    handed: list[int] = []
    commit = service.parts.handler.group_commit
    real = type(commit).hand_over

    def noting(self: Any, items: Any, *more: Any) -> None:
        handed.append(len(items))
        real(self, items, *more)

    monkeypatch.setattr(type(commit), "hand_over", noting)
    settled: SimpleQueue[Outcome] = SimpleQueue()
    for number in range(150):
        assert begin(service, settled, f"key-{number}", amount=f"{number + 1}.00")
    assert handed == []
    service.app.extensions[EXTENSION].flush()
    answers = [settled.get(timeout=PATIENCE_S) for _ in range(150)]
    assert handed == [100, 50]
    assert {it.status for it in answers if isinstance(it, WholeAnswer)} == {HTTPStatus.CREATED}
    assert len({it.body for it in answers if isinstance(it, WholeAnswer)}) == 150


def test_what_is_not_plain_is_not_begun(service: Service) -> None:
    settled: SimpleQueue[Outcome] = SimpleQueue()
    assert not begin(service, settled, token=READ)
    assert not begin(service, settled, "a b")
    assert not begin(service, settled, amount="1")
    service.app.extensions[EXTENSION].flush()
    assert settled.empty()


def test_an_auction_that_nobody_knows_and_an_answer_that_waits_are_for_a_thread(
    service: Service,
) -> None:
    assert outcome_of(service) is None
    service.learn(AUCTION)
    post(service, headers={"Prefer": "respond-async"})
    assert outcome_of(service) is None
    assert post(service).status_code == 409  # it has not been carried out yet


def test_what_was_raised_before_is_worded_by_the_app_and_not_tried_again(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.learn(AUCTION)
    post(service)
    found = outcome_of(service, amount="6.00")
    assert isinstance(found, KeyReused)
    asked: list[object] = []
    monkeypatch.setattr(type(service.parts.handler.group_commit), "submit", asked.append)
    with having_found(found):
        assert post(service, json=body(amount="6.00")).status_code == 422
    with having_found(TimeoutError()):
        late = post(service, "key-2")
    assert (late.status_code, late.headers["Retry-After"], asked) == (503, "2", [])


def test_bids_that_wait_without_a_thread_are_counted(service: Service) -> None:
    service.learn(AUCTION)
    outcome_of(service)
    counted = service.http().get("/metrics").text
    assert 'duration_seconds_count{method="POST",service="bids",status="2xx"} 1.0' in counted
