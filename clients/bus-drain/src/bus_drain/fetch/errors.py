"""What fetching raises.

FetchError
├── UnknownHost         the URL leads to a host this client was not given
├── Unavailable         no answer in time, 429 or 5xx: try again later
│   └── CircuitOpen     not even asked, because this host failed several times in a row
├── Missing             404 or 410: the entity is not there
├── Rejected            another 4xx, or a redirect: asking again changes nothing
└── NotHal              the answer is no HAL resource
    ├── TooLarge        the answer is larger than allowed
    └── NoSuchLink      the resource doesn't offer this link
"""

from collections.abc import Mapping
from typing import Any

from service_kit import errors as kit

from bus_drain.errors import DrainError


class FetchError(DrainError):
    """Root of what fetching raises."""


class UnknownHost(FetchError):
    """The URL leads to a host this client was not given."""


class Unavailable(FetchError):
    """No usable answer now. `retry_after_s`: what the server asked to wait, if it did."""

    def __init__(self, why: str, retry_after_s: int | None = None) -> None:
        super().__init__(why)
        self.retry_after_s = retry_after_s


class CircuitOpen(Unavailable):
    """The host failed several times in a row and is left alone for a while."""


class Missing(FetchError):
    """404 or 410: the entity is not there."""


class Rejected(FetchError):
    """The server understood and said no; `status` and the `problem` document say why."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('title', '')}".strip())
        self.status = status
        self.problem = dict(problem)


class NotHal(FetchError):
    """The answer is no HAL resource."""


class TooLarge(NotHal):
    """The answer is larger than allowed, so nobody knows what it is."""


class NoSuchLink(NotHal):
    """The resource doesn't offer this link."""


_IN_OUR_WORDS: Mapping[type[kit.HttpFailure], type[FetchError]] = {
    kit.UnknownOrigin: UnknownHost,
    kit.TooLarge: TooLarge,
    kit.NotJson: NotHal,
}


def translated(error: kit.HttpFailure) -> FetchError:
    """The kit's error in this package's words; pure."""
    match error:
        case kit.UnexpectedStatus(status=404 | 410):
            return Missing(str(error))
        case kit.UnexpectedStatus(may_pass=True):
            return Unavailable(str(error), error.retry_after_s)
        case kit.UnexpectedStatus():
            return Rejected(error.status, error.problem)
    return _IN_OUR_WORDS.get(type(error), Unavailable)(str(error))
