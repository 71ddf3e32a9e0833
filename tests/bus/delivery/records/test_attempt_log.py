"""Which attempts are kept, how many, and what of each (docs/delivery.md D26 and D28)."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bus.delivery.answer import Answer
from bus.delivery.records.attempt_log import AttemptLog, Exchange
from bus.delivery.wire.request import Request
from bus.model.delivery import Attempt
from bus.model.subscription import SigningSecrets
from tests.bus.samples import log_event, subscription

NEW, OLD = "whsec_abcdefgh", "whsec_abc"


class Store:
    """What was stored, a list for each time."""

    def __init__(self) -> None:
        self.times: list[list[Attempt]] = []

    def add(self, attempts: Sequence[Attempt], _now_ms: int) -> None:
        self.times.append(list(attempts))


class Clock:
    now_ms = 5_000

    def __call__(self) -> int:
        return self.now_ms


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def attempts(store: Store, clock: Clock) -> AttemptLog:
    return AttemptLog(store, clock, clock)  # type: ignore[arg-type]


def exchange(
    status: int | None, at_ms: int = 1, *, body: bytes = b"", head: Sequence[bytes] = ()
) -> Exchange:
    ours = subscription(uuid="u-secret", secrets=SigningSecrets(NEW, ((OLD, 9_000),)))
    headers = ("Authorization: Basic dTp4", "Expect:", "bus-attempt: 3")
    request = Request("https://x.example/", headers, b"b" * 5_000)
    answer = Answer(1, status, "e" * 300 if status is None else None, body, head)
    return Exchange(ours, request, answer, at_ms, 7, 3, [log_event(4), log_event(9)])


def test_of_a_second_the_last_20_that_failed_and_the_last_2_that_passed_are_kept(
    attempts: AttemptLog, store: Store
) -> None:
    for at_ms in range(0, 60, 2):
        attempts.add(exchange(500, at_ms))
        attempts.add(exchange(204, at_ms + 1))
    attempts.flush()
    (kept,) = store.times
    assert [one.at_ms for one in kept if one.status == 500] == list(range(20, 60, 2))
    assert [one.at_ms for one in kept if one.status == 204] == [57, 59]
    assert [one.at_ms for one in kept] == sorted(one.at_ms for one in kept)


def test_they_are_stored_at_most_once_a_second(
    attempts: AttemptLog, store: Store, clock: Clock
) -> None:
    attempts.flush_if_due()
    assert store.times == []
    for later_ms, times in ((0, 1), (999, 1), (1, 2)):
        clock.now_ms += later_ms
        attempts.add(exchange(500))
        attempts.flush_if_due()
        assert len(store.times) == times
    attempts.flush()
    assert len(store.times) == 2


def test_an_attempt_says_how_it_went(attempts: AttemptLog, store: Store) -> None:
    attempts.add(exchange(None, 12))
    attempts.flush()
    ((kept,),) = store.times
    told = (kept.at_ms, kept.duration_ms, kept.attempt, kept.events, kept.status)
    assert told == (12, 7, 3, 2, None)
    assert (kept.first_position, kept.last_position) == (4, 9)
    assert kept.error == "e" * 255


def test_bodies_are_kept_up_to_4_kib(attempts: AttemptLog, store: Store) -> None:
    attempts.add(exchange(500, body=b"a" * 5_000))
    attempts.flush()
    ((kept,),) = store.times
    assert (len(kept.request_body), len(kept.response_body)) == (4_096, 4_096)


def test_no_secret_is_kept_however_it_comes_back(attempts: AttemptLog, store: Store) -> None:
    echo = f"{NEW} {OLD} u-secret dTp4".encode()
    attempts.add(exchange(500, body=echo, head=[b"HTTP/1.1 500", b"X-Echo: " + echo]))
    attempts.flush()
    ((kept,),) = store.times
    # The longer first: else the end of the one that begins like the other would stay.
    assert kept.response_body == b"*** *** *** ***"
    assert kept.response_head == "HTTP/1.1 500\nX-Echo: *** *** *** ***"
    assert kept.request_head == "Authorization: ***\nbus-attempt: 3"


def test_a_yes_that_names_some_events_as_failed_says_so_and_is_kept_as_one_that_passed(
    attempts: AttemptLog, store: Store
) -> None:
    attempts.add(replace(exchange(200), refused=1))
    attempts.add(exchange(200))
    attempts.flush()
    assert [one.error for one in store.times[0]] == ["1 of 2 events named as failed", None]
    assert exchange(200).passed
    assert replace(exchange(200), refused=1).passed
