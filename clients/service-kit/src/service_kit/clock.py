"""The one place that asks what time it is; everything else is handed the answer, in ms."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], int]
"""Returns integer milliseconds since the epoch."""


def now_ms() -> int:
    """Integer milliseconds since the epoch, by this machine's clock."""
    return time.time_ns() // 1_000_000


def utc(at_ms: int) -> datetime:
    """The aware moment of ms since the epoch."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)
