"""What fills a store before its first turn says how far it is: some stores take minutes."""

import sys
import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

_EVERY_S = 10


def stocking(what: str, steps: Sequence[T]) -> Iterator[T]:
    """The steps one after the other; every ten seconds it is said how many are left."""
    began_s = said_s = time.monotonic()
    for done, step in enumerate(steps):
        now_s = time.monotonic()
        if now_s - said_s >= _EVERY_S:
            said_s = now_s
            left_s = (now_s - began_s) / done * (len(steps) - done)
            share = f"{100 * done // len(steps)} %, about {left_s:.0f} s left"
            print(f"\nstocking {what}: {share}", end="", file=sys.stderr, flush=True)
        yield step
