"""Group commit: publications that arrive together share one transaction."""

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from service_kit.logs import get_logger

from bus.errors import BusError, Unavailable
from bus.model import Publication

log = get_logger(__name__)

Answers = Sequence[BusError | None]
"""For each publication None, or why it was refused."""

Append = Callable[[Sequence[Publication]], Answers]
"""Stores publications durably in one transaction."""

MAX_EVENTS = 1_000
TIMEOUT_S = 15.0


@dataclass(frozen=True, slots=True)
class Handover:
    """Publications that are handed over together, and who wants to hear what became of them.

    `answer` is called on the committer's thread and must not block.
    """

    publications: Sequence[Publication]
    answer: Callable[[Answers], None]

    @property
    def events(self) -> int:
        """How many events these are."""
        return sum(len(publication.events) for publication in self.publications)


class Committer:
    """One thread a process drains what waits, up to 1 000 events a transaction.

    An fsync costs the same for one event as for a thousand, so the busier it gets the cheaper an
    event becomes; a lone publication is committed at once.
    """

    def __init__(self, append: Append) -> None:
        self._append = append
        self._waiting: SimpleQueue[Handover] = SimpleQueue()
        self._held_over: Handover | None = None
        self._starting = threading.Lock()
        self._thread_pid = 0

    def hand_over(self, handover: Handover) -> None:
        """Have publications committed; returns at once. At most 1 000 events, or one call's."""
        if self._thread_pid != os.getpid():
            self._start_thread()
        self._waiting.put(handover)

    def commit(self, publication: Publication, timeout_s: float = TIMEOUT_S) -> None:
        """Block until the publication is on disk.

        Raises what the log refused it with, or Unavailable when it could not be stored in time.
        """
        answered: Future[Answers] = Future()
        self.hand_over(Handover((publication,), answered.set_result))
        try:
            (refusal,) = answered.result(timeout_s)
        except TimeoutError:
            raise too_late() from None
        if refusal is not None:
            raise refusal

    def _start_thread(self) -> None:
        # Threads don't survive a fork: a gunicorn worker starts its own at its first publication.
        with self._starting:
            if self._thread_pid != os.getpid():
                threading.Thread(target=self._run, name="committer", daemon=True).start()
                self._thread_pid = os.getpid()

    def _run(self) -> None:
        while True:
            group = self._take()
            publications = [one for handover in group for one in handover.publications]
            answers = self._commit(publications)
            start = 0
            for handover in group:
                end = start + len(handover.publications)
                handover.answer(answers[start:end])
                start = end

    def _commit(self, publications: Sequence[Publication]) -> Answers:
        try:
            return self._append(publications)
        except Exception:
            log.exception("append failed", publications=len(publications))
            return [Unavailable("the log can't be written now")] * len(publications)

    def _take(self) -> list[Handover]:
        first = self._held_over or self._waiting.get()
        self._held_over = None
        group, size = [first], first.events
        while True:
            try:
                handover = self._waiting.get_nowait()
            except Empty:
                return group
            size += handover.events
            if size > MAX_EVENTS:
                self._held_over = handover
                return group
            group.append(handover)


def too_late() -> Unavailable:
    """The log did not answer in time."""
    return Unavailable("the log did not answer in time")
