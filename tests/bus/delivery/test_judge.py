import json
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from bus.delivery.judge import MAX_DEFERRAL_MS, Deferred, Failed, Gone, Taken, Verdict, judge
from bus.delivery.sender import Answer
from tests.bus.clock import START_MS
from tests.bus.samples import log_event

EVENTS = [log_event(position) for position in (1, 2, 3)]


def verdict(
    status: int | None, body: bytes = b"", *, retry_after: bytes | None = None, **fields: bool
) -> Verdict:
    head = [] if retry_after is None else [b"HTTP/1.1 000\r\n", b"Retry-After: " + retry_after]
    error = None if status else "broken"
    return judge(Answer(1, status, error, body, head, **fields), EVENTS, START_MS)


def failed(*ids: object) -> bytes:
    return json.dumps({"failed": ids}).encode()


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_settles(status: int) -> None:
    assert verdict(status) == Taken()


@pytest.mark.parametrize("status", [100, 199, 300, 301, 302, 304, 307, 308, 400, 404, 500, 503])
def test_anything_else_has_failed(status: int) -> None:
    assert verdict(status) == Failed()


def test_no_answer_has_failed_and_tells_whether_anybody_was_there() -> None:
    assert verdict(None) == Failed()
    assert verdict(None, unreachable=True) == Failed(unreachable=True)


def test_410_wants_nothing_any_more() -> None:
    assert verdict(410) == Gone()


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("said", "pause_ms"),
    [
        (b"7", 7_000),
        (b" 7 ", 7_000),
        (b"0", 1_000),
        (b"86400", MAX_DEFERRAL_MS),
        (b"99999999999999999999", MAX_DEFERRAL_MS),
        (format_datetime(datetime.fromtimestamp(START_MS / 1000 + 60, UTC)).encode(), 60_000),
        (format_datetime(datetime.fromtimestamp(START_MS / 1000 - 60, UTC)).encode(), 1_000),
    ],
)
def test_retry_after_is_obeyed_within_a_second_and_a_day(
    status: int, said: bytes, pause_ms: int
) -> None:
    assert verdict(status, retry_after=said) == Deferred(pause_ms)


@pytest.mark.parametrize("said", [b"soon", b"-1", b"1.5", b"\xb2"])
def test_a_retry_after_that_says_nothing_is_a_failure(said: bytes) -> None:
    assert verdict(429, retry_after=said) == Failed()


def test_retry_after_means_nothing_elsewhere() -> None:
    assert verdict(500, retry_after=b"7") == Failed()
    assert verdict(200, retry_after=b"7") == Taken()


def test_failed_ids_settle_the_others_only() -> None:
    assert verdict(200, failed("test-2")) == Taken((EVENTS[1],))
    assert verdict(207, failed("test-1", "test-3", "other")) == Taken((EVENTS[0], EVENTS[2]))


def test_when_all_failed_nothing_was_taken() -> None:
    assert verdict(200, failed("test-1", "test-2", "test-3")) == Failed()


@pytest.mark.parametrize(
    "body",
    [
        b"fine",
        b'{"failed": []}',
        b'{"failed": null}',
        b'{"failed": {"test-1": 1}}',
        b'{"failed": [1, null, ["test-1"]]}',
        b'[{"failed": ["test-1"]}]',
        b'{"failed": ["test-1"]',
        b'{"failed": ["else"]}',
        b"[" * 100_000 + b'"failed"',
    ],
)
def test_a_2xx_that_names_none_of_its_events_settles_all(body: bytes) -> None:
    assert verdict(200, body) == Taken()


def test_a_list_of_failures_that_is_cut_off_settles_nothing() -> None:
    assert verdict(200, failed("test-1")[:-4], cut_off=True) == Failed()
    assert verdict(200, b"a long page", cut_off=True) == Taken()
