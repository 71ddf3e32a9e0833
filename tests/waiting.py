"""Waiting for a condition with a deadline: the tests' only way to wait."""

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
_pause = threading.Event()


def wait_for(condition: Callable[[], T], *, seconds: float = 20.0, what: str = "") -> T:
    """The first true value of `condition`, asked again every 20 ms. Raises AssertionError late."""
    rounds = max(1, int(seconds / 0.02))
    for _ in range(rounds):
        if value := condition():
            return value
        _pause.wait(0.02)
    value = condition()
    assert value, f"still not so after {seconds} s: {what or condition}"
    return value
