"""What an answer means for the events that it answers: pure."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from bus.delivery.wire.http_client import Answer
from bus.model.event import LogEvent

MAX_PAUSE_MS = 24 * 60 * 60 * 1000
_ID = re.compile(rb'"id":"([^"\\]+)","position":\d+\}$')


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Settled, but for these."""

    failed: tuple[LogEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class Gone:
    """The endpoint wants nothing any more."""


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """Not now: again in so many milliseconds."""

    pause_ms: int


@dataclass(frozen=True, slots=True)
class Failed:
    """Not taken. `unreachable`: nobody was there, so it isn't about these events."""

    unreachable: bool = False


Response = Acknowledged | Gone | RetryAfter | Failed


def classify(answer: Answer, events: Sequence[LogEvent], now_ms: int) -> Response:
    """What becomes of `events` (docs/delivery.md D16).

    | answer                                   | response                            |
    |------------------------------------------|------------------------------------|
    | 2xx                                      | Acknowledged                              |
    | 2xx with `{"failed": [ids]}`             | Acknowledged but those; Failed if all are |
    | the same, cut off at 16 KiB              | Failed: who knows which            |
    | 410                                      | Gone                               |
    | 429, 503 with Retry-After                | RetryAfter, a second to a day        |
    | anything else, 3xx included; a time-out  | Failed                             |
    | refused, no such host, guarded, bad TLS  | Failed, unreachable                |
    """
    status = answer.status
    if status is None:
        return Failed(unreachable=answer.unreachable)
    if answer.acknowledged:
        return _taken(answer, events) if answer.body else Acknowledged()
    if status == 410:
        return Gone()
    if status in {429, 503} and (wanted := answer.header("retry-after")):
        pause_ms = _retry_after_ms(wanted, now_ms)
        if pause_ms is not None:
            return RetryAfter(min(max(pause_ms, 1_000), MAX_PAUSE_MS))
    return Failed()


def event_id(event: LogEvent) -> str:
    """The `id` that subscribers know an event by: it ends the JSON that they get."""
    match = _ID.search(event.body)
    return match[1].decode() if match else str(event.position)


def _taken(answer: Answer, events: Sequence[LogEvent]) -> Response:
    if b'"failed"' not in answer.body:
        return Acknowledged()
    if answer.cut_off:
        return Failed()
    ids = _failed_ids(answer.body)
    failed = tuple(event for event in events if ids and event_id(event) in ids)
    return Failed() if len(failed) == len(events) else Acknowledged(failed)


def _failed_ids(body: bytes) -> frozenset[str]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return frozenset()
    ids = value.get("failed") if isinstance(value, dict) else None
    return frozenset(one for one in ids if isinstance(one, str)) if isinstance(ids, list) else _NONE


_NONE: frozenset[str] = frozenset()


def _retry_after_ms(value: str, now_ms: int) -> int | None:
    """RFC 9110, 10.2.3: seconds, or a date."""
    if value.isascii() and value.isdigit():
        return int(value[:9]) * 1000
    try:
        return round(parsedate_to_datetime(value).timestamp() * 1000) - now_ms
    except (ValueError, OverflowError):
        return None
