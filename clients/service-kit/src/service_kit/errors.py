"""What can go wrong in the kit.

ServiceKitError
├── ConfigError          settings are missing, bad or unknown (all of them at once)
├── NotAnAmount          text that is no amount of its currency
├── NotAnEvent           what is announced would be refused by the bus for ever
├── NotMigrated          the database lacks the tables of this version
├── NotReady             a readiness check's own words for why
├── Busy                 as many do it already as may at once; carries retry_after_s
├── StoreUnavailable     the database can't be used now: away, locked, full, broken
├── Unreadable           an answer to a delivery that says nothing that can be understood
├── KeyReused            an idempotency key came back with another request
└── HttpFailure          an outbound call gave no usable answer
    ├── UnknownOrigin    the URL leads where this service has no business
    ├── Unreachable      refused, reset, no such host
    ├── TimedOut         a deadline passed
    ├── TooLarge         the answer exceeds its cap
    ├── NotJson          the answer is not the JSON object that was asked for
    ├── PartlyTaken      of what was sent at once, some was taken and some was not
    ├── NotHal           the answer is not the HAL resource that was promised
    │   └── NoSuchLink   the resource doesn't offer this link
    └── UnexpectedStatus an answer other than 2xx; carries status and problem document
"""

from collections.abc import Mapping, Sequence
from typing import Any


class ServiceKitError(Exception):
    """Root of all errors of the kit."""


class ConfigError(ServiceKitError):
    """Settings are missing, bad or unknown; `complaints` has a line for each."""

    def __init__(self, complaints: Sequence[str]) -> None:
        super().__init__("; ".join(complaints))
        self.complaints = tuple(complaints)


class NotAnAmount(ServiceKitError):
    """Text that is no amount of money of its currency."""


class NotAnEvent(ServiceKitError):
    """What is announced would be refused by the bus for ever."""


class NotReady(ServiceKitError):
    """A readiness check's own words for why: they are shown, so they hold no secret."""


class NotMigrated(ServiceKitError):
    """The database lacks the tables of this version."""


class Busy(ServiceKitError):
    """As many do it already as may at once; try in `retry_after_s` seconds."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"busy, again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class StoreUnavailable(ServiceKitError):
    """The database can't be used now: away, locked for too long, full, broken. The same may pass
    later; what was being written when it broke may have been written.

    `is_damaged`: what is stored is damaged, so other things may pass, and the same won't.
    """

    def __init__(self, reason: str, *, is_damaged: bool = False) -> None:
        super().__init__(reason)
        self.is_damaged = is_damaged


class Unreadable(ServiceKitError):
    """An answer to a delivery that says nothing that can be understood."""


class KeyReused(ServiceKitError):
    """An idempotency key came back with another request."""


class HttpFailure(ServiceKitError):
    """An outbound call gave no usable answer."""


class UnknownOrigin(HttpFailure):
    """The URL leads to a host that this client was not given."""


class Unreachable(HttpFailure):
    """Refused, reset or no such host."""


class TimedOut(HttpFailure):
    """A deadline passed before the answer was whole."""


class TooLarge(HttpFailure):
    """The answer exceeds the cap on its size."""


class NotJson(HttpFailure):
    """The answer is not the JSON object that was asked for."""


class NotHal(HttpFailure):
    """The answer is not the HAL resource that was promised."""


class NoSuchLink(NotHal):
    """The resource doesn't offer this link."""


class PartlyTaken(HttpFailure):
    """Some of what was sent at once was taken; `left` are the places of what was not."""

    left: frozenset[int] = frozenset()


class UnexpectedStatus(HttpFailure):
    """An answer other than 2xx.

    `status` is the HTTP status, `problem` the problem document (empty when there was none),
    `retry_after_s` the seconds the server asked to wait, if it did.
    """

    def __init__(
        self, status: int, problem: Mapping[str, Any], retry_after_s: int | None = None
    ) -> None:
        super().__init__(f"{status} {problem.get('title', '')}".strip())
        self.status = status
        self.problem = dict(problem)
        self.retry_after_s = retry_after_s

    @property
    def may_pass(self) -> bool:
        """Whether the same call may be answered later: 429, and what is wrong on their side."""
        return self.status == 429 or self.status >= 500
