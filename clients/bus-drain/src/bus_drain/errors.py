"""Everything bus-drain raises.

DrainError
├── BadSettings            at start: a uuid or secret that can't be right
└── Refused                a delivery that is answered with a 4xx
    ├── MethodNotAllowed   405
    ├── Unauthenticated    401
    ├── TooBig             413
    ├── NotJson            415
    └── Malformed          400
"""

from typing import ClassVar


class DrainError(Exception):
    """Root of this package's errors."""


class BadSettings(DrainError, ValueError):
    """The drain can't be built from these settings; the message never repeats a secret."""


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
