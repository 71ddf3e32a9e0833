"""Group commit: what arrives while an act is under way shares the next one."""

import math
import os
import threading
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from service_kit.errors import StoreUnavailable
from service_kit.logs import get_logger

log = get_logger(__name__)

T = TypeVar("T")
R = TypeVar("R")
A = TypeVar("A")
_Batch = tuple[Sequence[T], int, Callable[[Sequence[R]], None], float]
"""Items, their weight, who hears what became of them, and until when, in steady seconds."""


class GroupCommit(Generic[T, R]):
    """One thread a process takes what waits, up to `most` in weight, and acts on all of it at once.

    An fsync costs the same for one item as for fifty, so the busier it gets the cheaper an item
    becomes; a lone one is acted on at once. `act` returns what becomes of each item, in order.
    When it raises instead, `failed` says what that means for each of them.
    """

    def __init__(
        self,
        act: Callable[[Sequence[T]], Sequence[R]],
        *,
        failed: Callable[[Exception], R],
        most: int = 100,
        weigh: Callable[[T], int] = lambda _: 1,
        act_if_free: Callable[[Sequence[T]], Sequence[R] | None] = lambda _: None,
    ) -> None:
        """`act_if_free` does what `act` does, or nothing where that would have to wait."""
        self._act = act
        self._act_if_free = act_if_free
        self._is_acting = False
        self._failed = failed
        self._most = most
        self._weigh = weigh
        self._waiting: SimpleQueue[_Batch[T, R] | None] = SimpleQueue()
        self._held_over: _Batch[T, R] | None = None
        self._starting = threading.Lock()
        self._thread_pid: int | None = None

    def hand_over(
        self,
        items: Sequence[T],
        answer: Callable[[Sequence[R]], None],
        timeout_s: float = math.inf,
    ) -> None:
        """Have items acted on in one go; returns at once.

        `answer` hears what became of them on the acting thread, where it must not block. What has
        waited for `timeout_s` is forgotten: nobody hears of it any more, and while a store hangs
        it would pile up before what somebody still waits for.
        """
        if self._thread_pid != os.getpid():
            self._start_thread()
        until_s = time.monotonic() + timeout_s
        self._waiting.put((items, sum(map(self._weigh, items)), answer, until_s))

    def act_here(self, items: Sequence[T]) -> Sequence[R] | None:
        """Act on items in the calling thread where nobody else is at it or waits, which saves two
        changes of threads; what became of them, or None: hand them over. Waits for the disk only.
        """
        if self._is_acting or not self._waiting.empty():
            return None
        return self._results_of(self._act_if_free, items)

    def submit(self, item: T, timeout_s: float) -> R:
        """Block until an item was acted on; returns what became of it.

        Raises TimeoutError when that took too long: then it may have been begun, and happen.
        """
        outcomes: list[R] = []
        done = threading.Lock()  # a third of what a Future costs, a thousand times a second
        done.acquire()

        def settle(results: Sequence[R]) -> None:
            outcomes.extend(results)
            done.release()

        self.hand_over((item,), settle, timeout_s)
        if not done.acquire(timeout=timeout_s):
            raise TimeoutError
        return outcomes[0]

    def close(self) -> None:
        """End the thread once it has acted on what waits."""
        if self._thread_pid == os.getpid():
            self._waiting.put(None)

    def _start_thread(self) -> None:
        # Threads don't survive a fork: a gunicorn worker starts its own with its first item.
        with self._starting:
            if self._thread_pid != os.getpid():
                threading.Thread(target=self._run, name="group-commit", daemon=True).start()
                self._thread_pid = os.getpid()

    def _run(self) -> None:
        while group := self._take():
            self._is_acting = True
            results = self._results_of(self._act, [item for items, *_ in group for item in items])
            self._is_acting = False
            start = 0
            for items, _, answer, _ in group:
                answer(results[start : start + len(items)])
                start += len(items)

    def _results_of(self, act: Callable[[Sequence[T]], A], items: Sequence[T]) -> A | Sequence[R]:
        try:
            return act(items)
        except StoreUnavailable as error:  # logged where it was seen
            return [self._failed(error)] * len(items)
        except Exception as error:
            log.exception("acting together failed", items=len(items))
            return [self._failed(error)] * len(items)

    def _take(self) -> list[_Batch[T, R]]:
        """What waits and isn't too late, as much as fits; nothing once closed."""
        group: list[_Batch[T, R]] = []
        weight = 0
        try:
            while (batch := self._next(block=not group)) is not None:
                if batch[3] <= time.monotonic():
                    continue
                weight += batch[1]
                if group and weight > self._most:
                    self._held_over = batch
                    return group
                group.append(batch)
        except Empty:
            return group
        if group:
            self._waiting.put(None)
        return group

    def _next(self, *, block: bool) -> _Batch[T, R] | None:
        held, self._held_over = self._held_over, None
        return held or self._waiting.get(block)
