"""Memory that the workers of one web server count in, so that any of them tells what all counted.

Not the library's files for that: on a full disk a worker that writes into a mapped file is killed
(SIGBUS). This memory is nobody's file, is made before the workers and inherited by them.
"""

import mmap
import os

_SLOTS = 256
_CELLS = 1024
_BYTES = 8
_PID = 0


class Cells:
    """Whole numbers: one row of this process's own to add to, and every process's rows to sum."""

    def __init__(self, memory: memoryview, first: int, width: int, mine: int = 0) -> None:
        self._memory = memory
        self._first = first
        self._width = width
        self._mine = first + mine * width

    def add(self, place: int, amount: int) -> None:
        """Add to a cell of this process. One thread at a time."""
        self._memory[self._mine + place] += amount

    def sums(self, count: int) -> list[int]:
        """The first `count` cells, each summed over all processes there were."""
        rows = range(self._first, len(self._memory), self._width)
        return [sum(self._memory[row + place] for row in rows) for place in range(count)]


class _Shared:
    """A row a worker. A worker that takes a dead one's place goes on with its counts."""

    def __init__(self) -> None:
        self.master = os.getpid()
        self.memory = memoryview(mmap.mmap(-1, _SLOTS * _CELLS * _BYTES)).cast("Q")
        self.mine: int | None = None
        self.free = _PID + 1

    def enter(self, slot: int) -> None:
        """Be at this place."""
        self.mine = slot % _SLOTS
        self.memory[self.mine * _CELLS + _PID] = os.getpid()

    def take(self, count: int) -> Cells | None:
        """The next cells of every row; None when there are no more, or this is no worker."""
        if self.mine is None or self.free + count > _CELLS:
            return None
        first, self.free = self.free, self.free + count
        return Cells(self.memory, first, _CELLS, self.mine)

    def members(self) -> dict[str, int]:
        """Master and living workers."""
        pids = {slot: self.memory[slot * _CELLS + _PID] for slot in range(_SLOTS)}
        workers = {f"worker-{slot}": pid for slot, pid in pids.items() if pid and _is_ours(pid)}
        return {"master": self.master} | workers


_made: list[_Shared] = []


def share() -> None:
    """In a web server's master, before its workers: what they count they count together."""
    _made[:] = [_Shared()]


def enter(slot: int) -> None:
    """In a worker, before its app is made: count at this place, which no other worker has now."""
    for shared in _made:
        shared.enter(slot)


def take(count: int) -> Cells:
    """So many cells of one's own. Workers take theirs in the same order: they run the same code."""
    for shared in _made:
        if (cells := shared.take(count)) is not None:
            return cells
    return Cells(memoryview(bytearray(count * _BYTES)).cast("Q"), 0, count)


def members() -> dict[str, int]:
    """The processes that this one speaks for, by what each is: itself, or a web server's master
    and workers. A worker that has died isn't there, whoever has its number now."""
    for shared in _made:
        if shared.mine is not None:
            return shared.members()
    return {"main": os.getpid()}


def _is_ours(pid: int) -> bool:
    try:
        return os.getpgid(pid) == os.getpgid(0)
    except ProcessLookupError:
        return False
