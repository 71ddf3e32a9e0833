"""Waiting for a condition with a deadline: the tests' only way to wait."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
_pause = threading.Event()

PATIENCE_S = 90.0
"""How long to wait for what will surely come: a machine that does other work beside the tests may
be ten times slower, and who doesn't fail doesn't wait."""


def wait_for(condition: Callable[[], T], *, seconds: float = PATIENCE_S, what: str = "") -> T:
    """The first true value of `condition`, asked again every 20 ms. Raises AssertionError late."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"still not so after {seconds} s: {what or condition}"
        _pause.wait(0.02)
    return value
