"""Group commit: publications that arrive together share one transaction."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator, Sequence

from service_kit.group_commit import GroupCommit

from bus.errors import BusError, Unavailable
from bus.model.event import Publication

Answers = Sequence[BusError | None]
"""For each publication None, or why it was refused."""

Append = Callable[[Sequence[Publication]], Answers]
"""Stores publications durably in one transaction."""

AppendIfFree = Callable[[Sequence[Publication]], Answers | None]
"""The same where it needn't wait for another writer; None: it would have to, nothing is stored."""

MAX_EVENTS = 1_000
# A lock may be waited for 5 s; a store that takes longer than a little more has stopped.
TIMEOUT_S = 6.0
# Where others publish too the first of those who come anew would be committed alone, before the
# rest.
_CROWDED_S = 0.05
# A commit that took longer kept whatever else the loop does waiting; then none is made in it for
# so many times as long.
_SLOW_S = 0.02
_SLOW_FOR = 50


class Committer:
    """Stores what waits together, up to 1 000 events a transaction."""

    def __init__(self, append: Append, append_if_free: AppendIfFree = lambda _: None) -> None:
        self._group_commit: GroupCommit[Publication, BusError | None] = GroupCommit(
            append,
            failed=lambda _: Unavailable("the log can't be written now"),
            most=MAX_EVENTS,
            weigh=lambda publication: len(publication.events),
            act_if_free=append_if_free,
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

    def commit_here(self, publications: Sequence[Publication]) -> Answers | None:
        """Commit them on the calling thread, where nobody else is to be waited for; None: not so,
        and nothing was done."""
        return self._group_commit.act_here(publications)

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
    """Commits for the loop that it is made in, which never waits for another writer.

    A publication that comes alone is committed in the loop itself, which then waits for nothing but
    the disk: to wake a thread and be woken by it costs as much as the rest. For a while it leaves
    them to the thread where several came together, somebody else wrote, or the disk turned out to
    be slow. Then the loop reads on meanwhile: they meet twice a group, not twice a publication.
    """

    def __init__(self, committer: Committer, timeout_s: float = TIMEOUT_S) -> None:
        self._committer = committer
        self._timeout_s = timeout_s
        self._loop = asyncio.get_running_loop()
        self._waiting: _Waiting = []
        self._apart_until_s = 0.0

    def commit(self, publication: Publication) -> Outcome:
        """Becomes None once the publication is on disk, or the error it was refused with."""
        if not self._waiting:
            self._loop.call_soon(self._hand_over)
        outcome: Outcome = self._loop.create_future()
        self._waiting.append((publication, outcome))
        return outcome

    def _hand_over(self) -> None:
        waiting, self._waiting = self._waiting, []
        if time.monotonic() >= self._apart_until_s and self._is_committed_here(waiting):
            return
        for group in _groups(waiting):
            self._hand_over_group([one for one, _ in group], [outcome for _, outcome in group])

    def _is_committed_here(self, waiting: _Waiting) -> bool:
        began_s = time.monotonic()
        answers = self._committer.commit_here([waiting[0][0]]) if len(waiting) == 1 else None
        ended_s = time.monotonic()
        if answers is None:
            self._apart_until_s = ended_s + _CROWDED_S
            return False
        if ended_s - began_s > _SLOW_S:
            self._apart_until_s = ended_s + _SLOW_FOR * (ended_s - began_s)
        _resolve([waiting[0][1]], answers)
        return True

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
