"""The one place that asks what time it is; everything else is handed the answer."""

import time
from collections.abc import Callable

Clock = Callable[[], int]
"""Returns integer milliseconds since the epoch."""


def now_ms() -> int:
    """Integer milliseconds since the epoch, by this machine's clock."""
    return time.time_ns() // 1_000_000
