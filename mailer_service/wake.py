"""Waking whoever works on a row: a hint, never the truth."""

from collections.abc import Callable, Iterable
from typing import Literal

Verb = Literal["examine", "send"]

Wake = Callable[[Verb, Iterable[int]], None]
"""Ask for work on rows by id. Never fails: what it loses, the sweep finds."""
