"""Group commit: publications that arrive together share one transaction."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence

from service_kit.group_commit import GroupCommit

from bus.errors import BusError, Unavailable
from bus.model.event import Publication

Answers = Sequence[BusError | None]
"""For each publication None, or why it was refused."""

Append = Callable[[Sequence[Publication]], Answers]
"""Stores publications durably in one transaction."""

MAX_EVENTS = 1_000
# A lock may be waited for 5 s; a store that takes longer than a little more has stopped.
TIMEOUT_S = 6.0


class Committer:
    """Stores what waits together, up to 1 000 events a transaction."""

    def __init__(self, append: Append) -> None:
        self._group_commit: GroupCommit[Publication, BusError | None] = GroupCommit(
            append,
            failed=lambda _: Unavailable("the log can't be written now"),
            most=MAX_EVENTS,
            weigh=lambda publication: len(publication.events),
        )

    def hand_over(
        self,
        publications: Sequence[Publication],
        answer: Callable[[Answers], None],
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """Have publications committed; returns at once. At most 1 000 events, or one call's.

        `answer` hears what became of them on the committing thread, where it must not block; but
        not of those whose turn doesn't come in time, which are never begun.
        """
        self._group_commit.hand_over(publications, answer, timeout_s)

    def commit(self, publication: Publication, timeout_s: float = TIMEOUT_S) -> None:
        """Block until the publication is on disk.

        Raises what the log refused it with, or Unavailable when it could not be stored in time.
        """
        try:
            refusal = self._group_commit.submit(publication, timeout_s)
        except TimeoutError:
            raise too_late() from None
        if refusal is not None:
            raise refusal


def too_late() -> Unavailable:
    """The log did not answer in time."""
    return Unavailable("the log did not answer in time")


Outcome = asyncio.Future[BusError | None]
_Waiting = list[tuple[Publication, Outcome]]


class LoopCommitter:
    """Commits without blocking the loop that it is made in.

    The loop and the committer's thread meet twice a group, not twice a publication: a wake-up and
    a fight for the interpreter's lock cost more than the rest of a publication together.
    """

    def __init__(self, committer: Committer, timeout_s: float = TIMEOUT_S) -> None:
        self._committer = committer
        self._timeout_s = timeout_s
        self._loop = asyncio.get_running_loop()
        self._waiting: _Waiting = []

    def commit(self, publication: Publication) -> Outcome:
        """Becomes None once the publication is on disk, or the error it was refused with."""
        if not self._waiting:
            self._loop.call_soon(self._hand_over)
        outcome: Outcome = self._loop.create_future()
        self._waiting.append((publication, outcome))
        return outcome

    def _hand_over(self) -> None:
        waiting, self._waiting = self._waiting, []
        for group in _groups(waiting):
            self._hand_over_group([one for one, _ in group], [outcome for _, outcome in group])

    def _hand_over_group(
        self, publications: Sequence[Publication], outcomes: Sequence[Outcome]
    ) -> None:
        def give_up() -> None:
            _resolve(outcomes, [too_late()] * len(outcomes))

        def settle(answers: Answers) -> None:
            timer.cancel()
            _resolve(outcomes, answers)

        def on_committed(answers: Answers) -> None:  # on the committer's thread
            with contextlib.suppress(RuntimeError):  # the loop has ended, and so have the callers
                self._loop.call_soon_threadsafe(settle, answers)

        timer = self._loop.call_later(self._timeout_s, give_up)
        self._committer.hand_over(publications, on_committed, self._timeout_s)


def _groups(waiting: _Waiting) -> Iterator[_Waiting]:
    """Cut into groups of at most 1 000 events; one call's events stay together."""
    group: _Waiting = []
    size = 0
    for one in waiting:
        size += len(one[0].events)
        if group and size > MAX_EVENTS:
            yield group
            group, size = [], len(one[0].events)
        group.append(one)
    yield group


def _resolve(outcomes: Sequence[Outcome], answers: Answers) -> None:
    for outcome, answer in zip(outcomes, answers, strict=True):
        if not outcome.done():  # given up, or the caller hung up
            outcome.set_result(answer)
