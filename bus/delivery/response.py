"""What an answer means for the events that it answers: pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from service_kit.errors import Unreadable
from service_kit.retry_after import retry_after_ms

from bus.delivery.answer import Answer
from bus.delivery.consent import refused
from bus.model.delivery import NAMED_AS_FAILED, LastAnswer
from bus.model.event import LogEvent


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
    """Not taken. `unreachable`: nobody was there, so it isn't about these events.

    `why` is for who looks, where the status doesn't tell.
    """

    unreachable: bool = False
    why: str | None = field(default=None, compare=False)


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
    | 2xx that can be read (consent.py)        | Acknowledged                       |
    | 2xx with `{"failed": [ids]}`             | all but those; Failed if all are   |
    | 2xx that can't be read                   | Failed: who knows what it says     |
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
    if status in {429, 503} and (pause_ms := _pause_ms(answer, now_ms)) is not None:
        return RetryAfter(max(pause_ms, 1_000))
    return Failed()


def _acknowledged(answer: Answer, events: Sequence[LogEvent]) -> Response:
    try:
        failed = refused(answer, events)
    except Unreadable as unreadable:
        return Failed(why=str(unreadable))
    if len(failed) == len(events):
        return Failed(why=f"each of its events is {NAMED_AS_FAILED}")
    return Acknowledged(failed)


def _pause_ms(answer: Answer, now_ms: int) -> int | None:
    wanted = answer.header("retry-after")
    return retry_after_ms(wanted, now_ms) if wanted else None
