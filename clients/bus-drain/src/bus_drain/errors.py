"""Everything bus-drain raises.

DrainError
├── BadSettings            at start: a uuid, secret, listener or URL that can't be right
├── StateUnavailable       what the drain remembers can't be read or written now
├── SomeFailed             raised by a listener: these events, and no others, must come again
└── Refused                a delivery that is answered with a 4xx
    ├── MethodNotAllowed   405
    ├── Unauthenticated    401
    ├── TooBig             413
    ├── NotJson            415
    └── Malformed          400

What fetching raises is in bus_drain.fetch.errors.
"""

from collections.abc import Iterable
from typing import ClassVar

from service_kit.errors import StoreUnavailable

from bus_drain.event import Event


class DrainError(Exception):
    """Root of this package's errors."""


class BadSettings(DrainError, ValueError):
    """The drain can't be built from these settings; the message never repeats a secret."""


class StateUnavailable(DrainError, StoreUnavailable):
    """The database or Redis that holds the drain's state gave no answer; try again."""


class SomeFailed(DrainError):
    """A listener handled its batch but for `events`: only these are delivered again."""

    def __init__(self, events: Iterable[Event]) -> None:
        self.events = tuple(events)
        super().__init__(f"{len(self.events)} events failed")


class Refused(DrainError):
    """The delivery is not taken; the message may be shown to whoever sent it."""

    status: ClassVar[str] = "400 Bad Request"
    headers: ClassVar[tuple[tuple[str, str], ...]] = ()


class MethodNotAllowed(Refused):
    """Only POST delivers."""

    status = "405 Method Not Allowed"
    headers = (("Allow", "POST"),)


class Unauthenticated(Refused):
    """The credentials or the signature are missing, wrong or out of date."""

    status = "401 Unauthorized"
    headers = (("WWW-Authenticate", 'Basic realm="bus-drain"'),)


class TooBig(Refused):
    """The body is longer than this drain reads."""

    status = "413 Content Too Large"


class NotJson(Refused):
    """The Content-Type is not JSON's."""

    status = "415 Unsupported Media Type"


class Malformed(Refused):
    """The body is not an array of events."""

    @classmethod
    def no_events(cls, why: object) -> "Malformed":
        """Why it is none."""
        return cls(f"The body is not an array of events: {why}")

    @classmethod
    def bad_event(cls, index: int, what: str) -> "Malformed":
        """What is bad about which of the events."""
        return cls.no_events(f"bad {what} - at `$[{index}]`")
