"""Group commit: publications that arrive together share one transaction."""

from collections.abc import Callable, Sequence

from service_kit.group_commit import GroupCommit

from bus.errors import BusError, Unavailable
from bus.model import Publication

Answers = Sequence[BusError | None]
"""For each publication None, or why it was refused."""

Append = Callable[[Sequence[Publication]], Answers]
"""Stores publications durably in one transaction."""

MAX_EVENTS = 1_000
TIMEOUT_S = 15.0


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
        self, publications: Sequence[Publication], answer: Callable[[Answers], None]
    ) -> None:
        """Have publications committed; returns at once. At most 1 000 events, or one call's.

        `answer` hears what became of them on the committing thread, where it must not block.
        """
        self._group_commit.hand_over(publications, answer)

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
