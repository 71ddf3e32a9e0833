"""What is kept of an attempt: heads without credentials, and the beginning of the bodies.

docs/delivery.md D26 and D28.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bus.delivery.wire.http_client import Answer
from bus.delivery.wire.request import Request
from bus.model.delivery import Attempt
from bus.model.event import LogEvent
from bus.model.subscription import Subscription

KEPT_BYTES = 4 * 1024
_KEPT_HEAD_CHARACTERS = 8 * 1024
_SECRET_HEADERS = {"authorization", "webhook-signature", "set-cookie", "proxy-authorization"}
_HIDDEN = "***"


@dataclass(frozen=True, slots=True)
class Exchange:
    """What is needed to write an attempt down, if it is to be kept at all."""

    subscription: Subscription
    request: Request
    answer: Answer
    at_ms: int
    duration_ms: int
    attempt: int
    events: Sequence[LogEvent]

    def written(self) -> Attempt:
        """The attempt as it is kept. A subscriber may echo what we sent, so answers are cleaned."""
        secrets = _secrets(self.subscription, self.request)
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
            self.answer.error and self.answer.error[:255],
            _head(self.request.headers),
            self.request.body[:KEPT_BYTES],
            _cleaned(_head(line.decode("latin-1") for line in self.answer.head), secrets),
            cleaned_body(self.answer.body, secrets),
        )


def last_answer_body(subscription: Subscription, request: Request, answer: Answer) -> bytes:
    """The beginning of an answer's body, for a dead letter."""
    return cleaned_body(answer.body, _secrets(subscription, request))


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
    signing = [subscription.secrets.current, subscription.secrets.previous or ""]
    found = {*sent, *words, *signing, subscription.uuid} - {"", "Basic"}
    return tuple(sorted(found, key=len, reverse=True))


def _is_secret(line: str) -> bool:
    return line.partition(":")[0].lower() in _SECRET_HEADERS
