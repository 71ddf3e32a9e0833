"""Requests that wait until it is known what the names of their hosts mean."""

import time
from collections import Counter
from collections.abc import Iterator
from typing import Generic, NamedTuple, TypeVar

from bus.delivery.wire.resolver import Addresses, Resolver

T = TypeVar("T")


class _Waiting(NamedTuple, Generic[T]):
    item: T
    name: str
    until: float


class Unresolved(Generic[T]):
    """Items in the order in which they came, for `wait_s` at most."""

    def __init__(self, wait_s: float, resolver: Resolver | None = None) -> None:
        self._wait_s = wait_s
        self._resolver = resolver or Resolver()
        self._waiting: dict[int, _Waiting[T]] = {}
        self._names: Counter[str] = Counter()
        self._count = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def fileno(self) -> int:
        """Readable when a name was looked up."""
        return self._resolver.fileno()

    @property
    def left_s(self) -> float:
        """Until the first is late; all wait equally long."""
        first = next(iter(self._waiting.values()))
        return max(0.0, first.until - time.monotonic())

    def known(self, name: str) -> Addresses | None:
        """What a name meant a moment ago."""
        return self._resolver.known(name)

    def add(self, item: T, owner: str, name: str) -> None:
        """Wait for a name; at most so many of one owner's are looked up at once."""
        self._count += 1
        self._waiting[self._count] = _Waiting(item, name, time.monotonic() + self._wait_s)
        self._names[name] += 1
        self._resolver.ask(owner, name)

    def take(self) -> Iterator[tuple[T, Addresses | None]]:
        """Those whose name is known now, or known to mean nothing (no addresses), or who are late
        (None)."""
        found = dict(self._resolver.take())
        if not found and self.left_s:
            return
        now = time.monotonic()
        for number, (item, name, until) in [*self._waiting.items()]:
            if name not in found and until > now:
                if not found:
                    return  # all after it are less late
                continue
            del self._waiting[number]
            self._leave(name)
            yield item, found.get(name)

    def close(self) -> None:
        """Wait for nobody."""
        self._waiting.clear()
        self._resolver.close()

    def _leave(self, name: str) -> None:
        self._names[name] -= 1
        if not self._names[name]:
            del self._names[name]
            self._resolver.drop(name)
