"""Group commit for an event loop: what arrives in one turn of the loop is handed over together."""

import asyncio
import contextlib
from collections.abc import Iterator, Sequence

from bus.errors import BusError
from bus.model import Publication
from bus.publish.committer import MAX_EVENTS, TIMEOUT_S, Answers, Committer, too_late

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
        self._committer.hand_over(publications, on_committed)


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
