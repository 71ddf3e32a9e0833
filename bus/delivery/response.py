"""What an answer means for the events that it answers: pure."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

from bus.model.delivery import LastAnswer
from bus.model.event import LogEvent

MAX_PAUSE_MS = 24 * 60 * 60 * 1000
_ID = re.compile(rb'"id":"([^"\\]+)","position":\d+\}$')
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a request. `status` is None when there was no whole answer; `error` says why.

    `unreachable`: it did not even get to somebody who could have answered. `cut_off`: the body
    was longer than what is kept of it. `head` is the answer's, a line each.
    """

    key: int
    status: int | None
    error: str | None
    body: bytes = field(default=b"", repr=False)
    head: Sequence[bytes] = field(default=(), repr=False)
    unreachable: bool = False
    cut_off: bool = False

    @property
    def acknowledged(self) -> bool:
        """Whether it is a 2xx."""
        return self.status is not None and 200 <= self.status < 300

    def header(self, name: str) -> str | None:
        """The value of a header, by its lowercase name."""
        for line in self.head:
            found, colon, value = line.decode("latin-1").partition(":")
            if colon and found.lower() == name:
                return value.strip()
        return None


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


@dataclass(frozen=True, slots=True)
class Outcome:
    """A response, and the answer as it is shown; `body` is its beginning, for dead letters."""

    response: Response
    answer: LastAnswer
    body: bytes = field(default=b"", repr=False)


def classify(answer: Answer, events: Sequence[LogEvent], now_ms: int) -> Response:
    """What becomes of `events`. docs/delivery.md D16.

    | answer                                   | response                           |
    |------------------------------------------|------------------------------------|
    | 2xx                                      | Acknowledged                       |
    | 2xx with `{"failed": [ids]}`             | all but those; Failed if all are   |
    | the same, cut off at 16 KiB              | Failed: who knows which            |
    | 410                                      | Gone                               |
    | 429, 503 with Retry-After                | RetryAfter, a second to a day      |
    | anything else, 3xx included; a time-out  | Failed                             |
    | refused, no such host, guarded, bad TLS  | Failed, unreachable                |
    """
    status = answer.status
    if status is None:
        return Failed(unreachable=answer.unreachable)
    if 200 <= status < 300:
        return _acknowledged(answer, events) if answer.body else Acknowledged()
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


def _acknowledged(answer: Answer, events: Sequence[LogEvent]) -> Response:
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
        return _NONE
    ids = value.get("failed") if isinstance(value, dict) else None
    return frozenset(one for one in ids if isinstance(one, str)) if isinstance(ids, list) else _NONE


def _retry_after_ms(value: str, now_ms: int) -> int | None:
    """RFC 9110, 10.2.3: seconds, or a date."""
    if value.isascii() and value.isdigit():
        return int(value[:9]) * 1000
    try:
        return round(parsedate_to_datetime(value).timestamp() * 1000) - now_ms
    except (ValueError, OverflowError):
        return None
