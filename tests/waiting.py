"""Waiting for a condition with a deadline: the tests' only way to wait."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
_pause = threading.Event()
_SOON_S, _SHARE, _LATE_S = 0.02, 0.05, 0.25

PATIENCE_S = 90.0
"""How long to wait for what will surely come: a machine that does other work beside the tests may
be ten times slower, and who doesn't fail doesn't wait."""


def wait_for(condition: Callable[[], T], *, seconds: float = PATIENCE_S, what: str = "") -> T:
    """The first true value of `condition`, asked again after 20 ms, and the later the longer it has
    waited: who asks costs those who are waited for. Raises AssertionError late."""
    began = time.monotonic()
    while not (value := condition()):
        waited = time.monotonic() - began
        assert waited < seconds, f"still not so after {seconds} s: {what or condition}"
        _pause.wait(min(max(_SOON_S, waited * _SHARE), _LATE_S))
    return value
