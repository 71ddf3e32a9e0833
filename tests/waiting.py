"""Waiting for a condition with a deadline: the tests' only way to wait."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
_pause = threading.Event()


def wait_for(condition: Callable[[], T], *, seconds: float = 20.0, what: str = "") -> T:
    """The first true value of `condition`, asked again every 20 ms. Raises AssertionError late."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"still not so after {seconds} s: {what or condition}"
        _pause.wait(0.02)
    return value
