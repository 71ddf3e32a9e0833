"""Which attempts are on record and what of each: all that fail, and of those that pass the newest.

Heads are kept without credentials, and of bodies the beginning. docs/delivery.md D26 and D28.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from service_kit.clock import Clock

from bus.delivery.answer import Answer
from bus.delivery.wire.request import Request
from bus.model.delivery import NAMED_AS_FAILED, Attempt
from bus.model.event import LogEvent
from bus.model.positions import written
from bus.model.subscription import Subscription
from bus.storage.attempts import Attempts

KEPT_BYTES = 4 * 1024
_KEPT_HEAD_CHARACTERS = 8 * 1024
_SECRET_HEADERS = {"authorization", "webhook-signature", "set-cookie", "proxy-authorization"}
_HIDDEN = "***"
_EVERY_MS = 1_000
# A second of a busy subscription holds thousands; who looks wants the last ones.
_PASSED_KEPT = 2
_FAILED_KEPT = 20


@dataclass(frozen=True, slots=True)
class Exchange:
    """A delivery with its answer: what an attempt is written down from, if it is to be kept."""

    subscription: Subscription
    request: Request
    answer: Answer
    at_ms: int
    duration_ms: int
    attempt: int
    events: Sequence[LogEvent]
    error: str | None = None
    resend: bool = False
    refused: int = 0  # of its events, those that the answer named as failed

    @property
    def is_asked(self) -> bool:
        """Whether it was made because somebody asked for it, and not because it was due."""
        return self.resend or not self.events[0].position

    @property
    def passed(self) -> bool:
        """Whether it was taken."""
        return self.answer.acknowledged and self.error is None

    def answer_body(self) -> bytes:
        """The beginning of the answer's body, for a dead letter."""
        return cleaned_body(self.answer.body, _secrets(self.subscription, self.request))

    def written(self) -> Attempt:
        """The attempt as it is kept. A subscriber may echo what we sent, so answers are cleaned."""
        secrets = _secrets(self.subscription, self.request)
        timings, error = self.answer.timings, self.error or self.answer.error or self._left_out()
        return Attempt(
            0,
            self.subscription.id,
            self.at_ms,
            self.duration_ms,
            self.attempt,
            len(self.events),
            self.events[0].position,
            self.events[-1].position,
            self.answer.status,
            error and error[:255],
            _head(self.request.headers),
            self.request.body[:KEPT_BYTES],
            _cleaned(_head(line.decode("latin-1") for line in self.answer.head), secrets),
            cleaned_body(self.answer.body, secrets),
            connect_ms=timings and timings.connect_ms,
            first_byte_ms=timings and timings.first_byte_ms,
            total_ms=timings and timings.total_ms,
            positions=_positions(self.events),
            resend=self.resend,
        )

    def _left_out(self) -> str | None:
        """That the answer was a yes to some of the events only."""
        if not self.refused:
            return None
        return f"{self.refused} of {len(self.events)} events {NAMED_AS_FAILED}"


class AttemptLog:
    """Collects attempts and stores them once a second: they are no part of what must survive."""

    def __init__(self, store: Attempts, now_ms: Clock, steady_ms: Clock) -> None:
        self._store = store
        self._now_ms = now_ms
        self._steady_ms = steady_ms
        self._next_ms = 0
        self._passed: dict[int, list[Exchange]] = {}
        self._failed: dict[int, list[Exchange]] = {}

    def add(self, exchange: Exchange) -> None:
        """Take note of an attempt."""
        passed = exchange.passed
        kept = self._passed if passed else self._failed
        ours = kept.setdefault(exchange.subscription.id, [])
        ours.append(exchange)
        del ours[: -(_PASSED_KEPT if passed else _FAILED_KEPT)]

    def flush_if_due(self) -> None:
        """Store what was noted, if that was not done within a second."""
        if (self._passed or self._failed) and self._steady_ms() >= self._next_ms:
            self.flush()

    def flush(self) -> None:
        """Store what was noted."""
        self._next_ms = self._steady_ms() + _EVERY_MS
        noted = [
            one for kept in (self._passed, self._failed) for ours in kept.values() for one in ours
        ]
        self._passed.clear()
        self._failed.clear()
        if noted:
            noted.sort(key=lambda one: one.at_ms)
            self._store.add([one.written() for one in noted], self._now_ms())


def _positions(events: Sequence[LogEvent]) -> str | None:
    """Where its events are in the log; a test event is in none."""
    return written(event.position for event in events) if events[0].position else None


def cleaned_body(body: bytes, secrets: Iterable[str]) -> bytes:
    """The beginning of a body, without secrets: hidden first, cut after, so that none is halved."""
    for secret in secrets:
        body = body.replace(secret.encode(), _HIDDEN.encode())
    return body[:KEPT_BYTES]


def _cleaned(text: str, secrets: Iterable[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, _HIDDEN)
    return text.replace("\0", "")[:_KEPT_HEAD_CHARACTERS]


def _head(lines: Iterable[str]) -> str:
    return "\n".join(filter(None, (_line(line.strip()) for line in lines)))


def _line(line: str) -> str:
    name, colon, value = line.partition(":")
    if not colon:
        return line
    if name.lower() in _SECRET_HEADERS:
        return f"{name}: {_HIDDEN}"
    return line if value else ""  # a header that curl is told to leave out


def _secrets(subscription: Subscription, request: Request) -> tuple[str, ...]:
    """What must not be kept, however it came back: credentials, signatures, signing secrets."""
    sent = [line.partition(": ")[2] for line in request.headers if _is_secret(line)]
    words = [word for value in sent for word in value.split(" ")]
    signing = [subscription.secrets.current, *(one for one, _ in subscription.secrets.previous)]
    found = {*sent, *words, *signing, subscription.uuid} - {"", "Basic"}
    return tuple(sorted(found, key=len, reverse=True))


def _is_secret(line: str) -> bool:
    return line.partition(":")[0].lower() in _SECRET_HEADERS
