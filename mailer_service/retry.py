"""When to try again, and when to stop: pure rules."""

from collections.abc import Callable

from bus_drain.fetch import FetchError, Missing, UnknownHost
from service_kit.backoff import backoff_s

GIVE_UP_AFTER_MS = 5 * 24 * 60 * 60 * 1000
"""As long as mail servers keep trying (RFC 5321, 4.5.4.1: 4 to 5 days)."""


def is_permanent(error: FetchError) -> bool:
    """Whether fetching again can't help: the entity is gone, or was never ours to fetch.

    401 and 403 are not permanent: somebody can mend our token.
    """
    return isinstance(error, Missing | UnknownHost)


def next_attempt_ms(
    *,
    attempts: int,
    since_ms: int,
    now_ms: int,
    backoff: Callable[[int], float] = backoff_s,
) -> int | None:
    """When to try again after so many attempts; None once it has been tried for five days.

    | attempts   | 1 | 2 | 3 | 4 | … | 10  | 11 and more |
    |------------|---|---|---|---|---|-----|-------------|
    | wait, s    | 1 | 2 | 4 | 8 | … | 512 | 600         |

    before jitter (the result is 50 to 100 % of it).
    """
    if now_ms - since_ms >= GIVE_UP_AFTER_MS:
        return None
    return now_ms + int(backoff(attempts) * 1000)
