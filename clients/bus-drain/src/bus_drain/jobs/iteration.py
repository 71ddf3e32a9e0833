"""What is iterated over, a step at a time, and what is done with it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """A few items, and the cursor from which it goes on after them (None: these are the last).
    `total`: how many items there are in all, if anybody knows."""

    items: Sequence[str]
    next: str | None
    total: int | None = None


@dataclass(frozen=True)
class Iteration:
    """Iterates over the items of an argument (a collection's URL).

    `steps(argument, cursor)` yields what comes after a saved cursor (None: from the beginning).
    `each(items)` does something with them, and may be called again for the same items. One step
    should take seconds: between steps it can be stopped, and after a minute without one its
    process counts as dead.
    """

    name: str
    steps: Callable[[str, str | None], Iterator[Step]]
    each: Callable[[Sequence[str]], None]
