"""Writers of one SQLite file take turns: a queue that is fair between processes, with a deadline.

SQLite itself has one writer at a time, but its own wait is unfair: of two processes one starves.
"""

import fcntl
import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from queue import SimpleQueue

from service_kit.outage import unavailable

_Wait = tuple[int, "Future[None]"]


class WriteLockTaken(Exception):
    """Somebody else writes, and who asked doesn't wait."""


_queues: dict[str, "FileQueue"] = {}


def queue_of(path: str | None) -> "FileQueue | None":
    """This process's queue before a SQLite file; None for a database that is in no file."""
    if path in {None, "", ":memory:"}:
        return None
    # The name never changes: during an upgrade old and new processes queue at the same file.
    return _queues.setdefault(path, FileQueue(f"{path}-turn"))


class FileQueue:
    """A file's lock, which the kernel hands from process to process in order, and this object from
    thread to thread.

    Waiting for a file's lock has no deadline, and its holder may be stopped. So where the lock is
    not free a helper waits for it: who gives up leaves the helper waiting, and the lock is let go
    of as soon as it comes. Only the first of the threads waits for the file, so one helper will do.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._threads = _ThreadQueue()
        self._wanted: SimpleQueue[_Wait] | None = None

    @contextmanager
    def turn(self, seconds: float) -> Iterator[None]:
        """Hold the lock. Raises StoreUnavailable when it can't be had within so many seconds."""
        end_s = time.monotonic() + seconds
        if not self._threads.enter(seconds):
            raise unavailable(TimeoutError("the turn to write did not come in time"))
        try:
            file = self._open()
            try:
                self._lock(file, end_s)
            except OSError as error:
                raise unavailable(error) from error
            try:
                yield
            finally:
                os.close(file)  # closing releases the lock
        finally:
            self._threads.leave()

    @contextmanager
    def turn_if_free(self) -> Iterator[None]:
        """Hold the lock without waiting for it. Raises WriteLockTaken where somebody has it, and
        StoreUnavailable where the file can't be opened."""
        if not self._threads.enter(0):
            raise WriteLockTaken
        try:
            file = self._open()
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(file)
                raise WriteLockTaken from None
            try:
                yield
            finally:
                os.close(file)
        finally:
            self._threads.leave()

    def _open(self) -> int:
        try:
            return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise unavailable(error) from error

    def _lock(self, file: int, end_s: float) -> None:
        """Raises OSError, and then the file is closed or will be."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._wait(file, end_s)
        except OSError:
            os.close(file)
            raise

    def _wait(self, file: int, end_s: float) -> None:
        locked: Future[None] = Future()
        self._helper().put((file, locked))
        try:
            locked.result(max(0.0, end_s - time.monotonic()))
        except OSError:  # TimeoutError is one
            locked.add_done_callback(lambda _: os.close(file))
            raise

    def _helper(self) -> "SimpleQueue[_Wait]":
        if self._wanted is None:
            self._wanted = SimpleQueue()
            threading.Thread(
                target=_wait_for_files, args=(self._wanted,), name="write-lock", daemon=True
            ).start()
        return self._wanted


def _wait_for_files(wanted: "SimpleQueue[_Wait]") -> None:
    while True:
        file, locked = wanted.get()
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError as error:
            locked.set_exception(error)
        else:
            locked.set_result(None)


class _ThreadQueue:
    """First come, first served, which `threading.Lock` is not."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_held = False
        self._waiting: deque[threading.Lock] = deque()

    def enter(self, seconds: float) -> bool:
        """Wait to be the first; False when that took too long."""
        with self._lock:
            if not self._is_held:
                self._is_held = True
                return True
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        return mine.acquire(timeout=seconds) or not self._gave_up(mine)

    def leave(self) -> None:
        """Let the next one in."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_held = False

    def _gave_up(self, mine: threading.Lock) -> bool:
        with self._lock:
            if mine not in self._waiting:
                return False  # it came in the very last moment
            self._waiting.remove(mine)
            return True


os.register_at_fork(after_in_child=_queues.clear)
