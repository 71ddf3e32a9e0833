"""When to try again, and when to stop."""

from __future__ import annotations

import pytest
from bus_drain.fetch import FetchError
from bus_drain.fetch.errors import translated
from service_kit.errors import HttpFailure, TimedOut, UnexpectedStatus, UnknownOrigin, Unreachable

from mailer_service.errors import BadEntity
from mailer_service.retry import GIVE_UP_AFTER_MS, is_permanent, next_attempt_ms


@pytest.mark.parametrize(
    "error", [UnexpectedStatus(404, {}), UnexpectedStatus(410, {}), UnknownOrigin("x")]
)
def test_what_is_gone_or_not_ours_stays_so(error: HttpFailure) -> None:
    assert is_permanent(translated(error))


@pytest.mark.parametrize(
    "error",
    [
        UnexpectedStatus(401, {}),
        UnexpectedStatus(403, {}),
        UnexpectedStatus(429, {}),
        UnexpectedStatus(503, {}),
        TimedOut("x"),
        Unreachable("x"),
        BadEntity("x"),
    ],
)
def test_anything_else_may_pass(error: HttpFailure | FetchError) -> None:
    assert not is_permanent(error if isinstance(error, FetchError) else translated(error))


@pytest.mark.parametrize(
    ("attempts", "longest_s"), [(1, 1), (2, 2), (3, 4), (4, 8), (10, 512), (11, 600), (1000, 600)]
)
def test_each_wait_is_twice_the_one_before_up_to_ten_minutes(attempts: int, longest_s: int) -> None:
    due = next_attempt_ms(attempts=attempts, since_ms=0, now_ms=5_000)

    assert due is not None
    assert longest_s * 500 <= due - 5_000 <= longest_s * 1000


def test_after_five_days_it_ends() -> None:
    def due(age_ms: int) -> int | None:
        return next_attempt_ms(attempts=1, since_ms=0, now_ms=age_ms, backoff=lambda _n: 1.0)

    assert due(GIVE_UP_AFTER_MS - 1) == GIVE_UP_AFTER_MS + 999
    assert due(GIVE_UP_AFTER_MS) is None
