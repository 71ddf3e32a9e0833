"""How many connections each worker of a web server has, in memory that all of them see.

Whoever comes first takes what waits: of 64 connections that come at once one of two workers often
took nearly all, and did the work of both for as long as they were kept.
"""

import mmap

_MOST = 256
_BYTES = 4
_ABSENT = 2**32 - 1
_CLEARLY = 3


class ConnectionCounts:
    """A cell a worker. Made before the workers, which inherit it."""

    def __init__(self) -> None:
        self._cells = memoryview(mmap.mmap(-1, _MOST * _BYTES)).cast("I")
        for place in range(_MOST):
            self._cells[place] = _ABSENT

    def note(self, place: int, count: int) -> None:
        """So many connections are at this place."""
        self._cells[place % _MOST] = count

    def leave(self, place: int) -> None:
        """Nobody is at this place any more."""
        self._cells[place % _MOST] = _ABSENT

    def is_ahead(self, count: int) -> bool:
        """Whether who has so many connections has clearly more than another worker."""
        return min(self._cells) + _CLEARLY < count
