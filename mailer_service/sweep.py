"""Finds the work that nobody was woken for: killed jobs, lost wake-ups, retries that are due."""

from collections.abc import Callable
from dataclasses import dataclass

from service_kit.clock import Clock
from service_kit.logs import get_logger

from mailer_service.storage.inbox import Inbox
from mailer_service.storage.ledger import Ledger
from mailer_service.wake import Wake

log = get_logger(__name__)

_AT_ONCE = 500
_PAUSE_S = 0.5


@dataclass(frozen=True)
class Sweep:
    """A body for `run_loops`. `queued` tells how many jobs wait already."""

    inbox: Inbox
    ledger: Ledger
    queued: Callable[[], int]
    wake: Wake
    clock: Clock

    def __call__(self) -> float:
        """Wake the workers for all that is due; returns the seconds until the next sweep.

        Only into an empty queue: what waits there is due as well, and would be queued again at
        every round.
        """
        if self.queued() == 0:
            now_ms = self.clock()
            entries = self.inbox.due(now_ms=now_ms, limit=_AT_ONCE)
            mails = self.ledger.due(now_ms=now_ms, limit=_AT_ONCE)
            if entries or mails:
                log.info("work found", entries=len(entries), mails=len(mails))
            self.wake("examine", entries)
            self.wake("send", mails)
        return _PAUSE_S
