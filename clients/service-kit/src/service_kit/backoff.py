"""How long to wait before trying again."""

import random
from collections.abc import Callable


def backoff_s(
    failures: int,
    *,
    first_s: float = 1.0,
    longest_s: float = 600.0,
    chance: Callable[[], float] = random.random,
) -> float:
    """Seconds to wait after so many failures in a row: doubling, capped, jittered.

    With the defaults and before jitter (the result is 50 to 100 % of it):

    | failures | 1 | 2 | 3 | 4 | … | 10  | 11 and more |
    |----------|---|---|---|---|---|-----|-------------|
    | seconds  | 1 | 2 | 4 | 8 | … | 512 | 600         |
    """
    doubled = first_s * 2.0 ** min(max(failures, 1) - 1, 40)
    return min(longest_s, doubled) * (0.5 + chance() / 2)
