"""Group commit: what arrives while a transaction is on its way shares the next one."""

import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from service_kit.logs import get_logger

from bids_service.errors import StoreUnavailable

log = get_logger(__name__)

T = TypeVar("T")
R = TypeVar("R")


@dataclass(slots=True)
class _Waiting(Generic[T, R]):
    item: T
    done: "Future[R]" = field(default_factory=Future)


class Together(Generic[T, R]):
    """One thread a process takes what waits, up to `most` items, and acts on all of it at once.

    On one auction only one transaction can be at work, and its fsync costs the same for one bid as
    for fifty: so the hotter an auction, the cheaper a bid. A lone one is acted on at once. `act`
    is all or nothing; when it fails for several, each is tried alone, so that one bad item harms
    no other.
    """

    def __init__(self, act: Callable[[Sequence[T]], Sequence[R]], most: int = 100) -> None:
        self._act = act
        self._most = most
        self._waiting: deque[_Waiting[T, R]] = deque()
        self._arrived = threading.Condition()
        self._thread_pid = 0
        self._stopping = False

    def submit(self, item: T, timeout_s: float = 15.0) -> R:
        """Block until the item was acted on; returns what came of it.

        Raises what `act` raised for it, or StoreUnavailable when it took too long: then it may
        still happen.
        """
        waiting: _Waiting[T, R] = _Waiting(item)
        with self._arrived:
            self._ensure_thread()
            self._waiting.append(waiting)
            self._arrived.notify()
        try:
            return waiting.done.result(timeout_s)
        except TimeoutError as error:
            raise StoreUnavailable("the database did not answer in time") from error

    def close(self) -> None:
        """End the thread once nothing waits."""
        with self._arrived:
            self._stopping = True
            self._arrived.notify()

    def _ensure_thread(self) -> None:
        # Threads don't survive a fork: a gunicorn worker starts its own at its first command.
        if self._thread_pid != os.getpid():
            self._thread_pid = os.getpid()
            threading.Thread(target=self._run, name="together", daemon=True).start()

    def _run(self) -> None:
        while group := self._take():
            self._act_on(group)

    def _take(self) -> list[_Waiting[T, R]]:
        with self._arrived:
            while not self._waiting and not self._stopping:
                self._arrived.wait()
            return [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]

    def _act_on(self, group: Sequence[_Waiting[T, R]]) -> None:
        try:
            results = self._act([waiting.item for waiting in group])
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the submitter's to raise
            if len(group) > 1:
                log.warning("acting together failed", items=len(group), error=type(error).__name__)
                for waiting in group:
                    self._act_on([waiting])
            else:
                group[0].done.set_exception(error)
            return
        for waiting, result in zip(group, results, strict=True):
            waiting.done.set_result(result)
