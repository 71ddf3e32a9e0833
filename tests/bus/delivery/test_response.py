from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from bus.delivery.answer import Answer
from bus.delivery.response import (
    Acknowledged,
    Failed,
    Gone,
    Response,
    RetryAfter,
    classify,
)
from tests.bus.clock import START_MS
from tests.bus.samples import log_event

EVENTS = [log_event(position) for position in (1, 2, 3)]


def response(
    status: int | None, body: bytes = b"", *, retry_after: bytes | None = None, **fields: bool
) -> Response:
    head = [] if retry_after is None else [b"HTTP/1.1 000\r\n", b"Retry-After: " + retry_after]
    error = None if status else "broken"
    answer = Answer(1, status, error, body, head, **fields)  # type: ignore[arg-type]
    return classify(answer, EVENTS, START_MS)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_settles(status: int) -> None:
    assert response(status) == Acknowledged()


@pytest.mark.parametrize("status", [100, 199, 300, 301, 302, 304, 307, 308, 400, 404, 500, 503])
def test_anything_else_has_failed(status: int) -> None:
    assert response(status) == Failed()


def test_no_answer_has_failed_and_tells_whether_anybody_was_there() -> None:
    assert response(None) == Failed()
    assert response(None, unreachable=True) == Failed(unreachable=True)


def test_410_wants_nothing_any_more() -> None:
    assert response(410) == Gone()


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("said", "pause_ms"),
    [
        (b"7", 7_000),
        (b" 7 ", 7_000),
        (b"0", 1_000),
        (b"86400", 86_400_000),
        (b"99999999999999999999", 86_400_000),
        (format_datetime(datetime.fromtimestamp(START_MS / 1000 + 60, UTC)).encode(), 60_000),
        (format_datetime(datetime.fromtimestamp(START_MS / 1000 - 60, UTC)).encode(), 1_000),
    ],
)
def test_retry_after_is_obeyed_within_a_second_and_a_day(
    status: int, said: bytes, pause_ms: int
) -> None:
    assert response(status, retry_after=said) == RetryAfter(pause_ms)


@pytest.mark.parametrize("said", [b"soon", b"-1", b"1.5", b"\xb2"])
def test_a_retry_after_that_says_nothing_is_a_failure(said: bytes) -> None:
    assert response(429, retry_after=said) == Failed()


def test_retry_after_means_nothing_elsewhere() -> None:
    assert response(500, retry_after=b"7") == Failed()
    assert response(200, retry_after=b"7") == Acknowledged()
