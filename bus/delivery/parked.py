"""The schedule of an entity that is tried apart from the rest (docs/delivery.md D19): pure."""

from collections.abc import Callable

from bus.model.delivery import LastAnswer, Parked
from bus.model.subscription import RetryPolicy

MAX_PARKED = 1_000


def parked(url: str, events: int, answer: LastAnswer) -> Parked:
    """An entity that has just been blamed; it has no schedule yet."""
    return Parked(url, 0, answer.at_ms, events, answer)


def retry_at(
    policy: RetryPolicy, failures: int, now_ms: int, chance: Callable[[], float]
) -> int | None:
    """When to try an entity again that has failed so often since it was parked; None: give up.

    With the default policy, before jitter (the wait is 50 to 100 % of it).

    | failures | 0   | 1    | 2     | 3      | 4   | 5   | 6    | 7    | 8    | 9    | 10   |
    |----------|-----|------|-------|--------|-----|-----|------|------|------|------|------|
    | wait     | 5 s | 30 s | 5 min | 30 min | 2 h | 5 h | 10 h | 14 h | 20 h | 24 h | none |
    """
    if failures >= len(policy.parked_ms):
        return None
    return now_ms + round(policy.parked_ms[failures] * (0.5 + chance() / 2))
