"""What is looked at to say why a subscriber gets nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from bus.diagnosis.answers import Meaning, meaning
from bus.model.audit import AuditEntry
from bus.model.delivery import Attempt, DeadLetter, Ended, Overview, PullLease
from bus.model.subscription import State


@dataclass(frozen=True, slots=True)
class Examined:
    """What is known of a subscription: as it is, its last attempts (newest first), how many
    pushers are alive, whether its client has a token that may pull, and the batches that pullers
    have not acknowledged, those whose lease has lapsed too.

    `ended` is how all attempts that are kept ended (newest first), `paused` the act that has paused
    it, `died` the event that was given up last, `aside_ms` since when there is something of its
    dead letters, or where it has none of what is parked.
    """

    one: Overview
    attempts: Sequence[Attempt]
    pushers: int
    can_pull: bool
    now_ms: int
    leases: Sequence[PullLease] = ()
    ended: Sequence[Ended] = ()
    paused: AuditEntry | None = None
    died: DeadLetter | None = None
    aside_ms: int | None = None

    @property
    def is_active(self) -> bool:
        """Whether it is neither paused nor disabled."""
        return self.one.subscription.state is State.ACTIVE

    def answered(self) -> Meaning | None:
        """What its last answer means; None: it was taken, or there was none."""
        last = self.one.answer
        return None if last is None else meaning(last.status, last.error)
