"""Group commit: publications that arrive together share one transaction."""

import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from service_kit.logs import get_logger

from bus.errors import BusError, Unavailable
from bus.model import Publication

log = get_logger(__name__)

Append = Callable[[Sequence[Publication]], Sequence[BusError | None]]
"""Stores publications durably in one transaction; returns for each None or why it was refused."""

MAX_EVENTS = 1_000


@dataclass(slots=True)
class _Waiting:
    publication: Publication
    done: "Future[None]" = field(default_factory=Future)


class Committer:
    """One thread a process drains what waits, up to 1 000 events a transaction.

    An fsync costs the same for one event as for a thousand, so the busier it gets the cheaper an
    event becomes; a lone publication is committed at once.
    """

    def __init__(self, append: Append) -> None:
        self._append = append
        self._waiting: deque[_Waiting] = deque()
        self._arrived = threading.Condition()
        self._thread_pid = 0

    def commit(self, publication: Publication, timeout_s: float = 15.0) -> None:
        """Block until the publication is on disk.

        Raises what the log refused it with, or Unavailable when it could not be stored in time.
        """
        waiting = _Waiting(publication)
        with self._arrived:
            self._ensure_thread()
            self._waiting.append(waiting)
            self._arrived.notify()
        try:
            waiting.done.result(timeout_s)
        except TimeoutError:
            raise Unavailable("the log did not answer in time") from None

    def _ensure_thread(self) -> None:
        # Threads don't survive a fork: a gunicorn worker starts its own at its first publication.
        if self._thread_pid != os.getpid():
            self._thread_pid = os.getpid()
            threading.Thread(target=self._run, name="committer", daemon=True).start()

    def _run(self) -> None:
        while True:
            group = self._take()
            try:
                answers = self._append([waiting.publication for waiting in group])
            except Exception:
                log.exception("append failed", publications=len(group))
                answers = [Unavailable("the log can't be written now")] * len(group)
            for waiting, refusal in zip(group, answers, strict=True):
                _release(waiting, refusal)

    def _take(self) -> list[_Waiting]:
        with self._arrived:
            while not self._waiting:
                self._arrived.wait()
            group = [self._waiting.popleft()]
            size = len(group[0].publication.events)
            while self._waiting:
                size += len(self._waiting[0].publication.events)
                if size > MAX_EVENTS:
                    break
                group.append(self._waiting.popleft())
            return group


def _release(waiting: _Waiting, refusal: BusError | None) -> None:
    if refusal is None:
        waiting.done.set_result(None)
    else:
        waiting.done.set_exception(refusal)
