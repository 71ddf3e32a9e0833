"""Carrying out the commands that were taken in, by the same rules as those answered at once."""

from collections.abc import Callable

from service_kit.idempotency import StoredAnswer
from service_kit.notify import NotifyChannel

from bids_service.model import Applied
from bids_service.storage.waiting import WaitingCommands

_AT_ONCE = 100


def carry_out_waiting(
    waiting: WaitingCommands,
    answer: Callable[[Applied], StoredAnswer],
    outbox_channel: NotifyChannel,
) -> int:
    """Carry out all that waits, oldest first; returns how many.

    Killed halfway, what is left is carried out by the next round. Raises StoreUnavailable.
    """
    total = 0
    while done := waiting.carry_out(_AT_ONCE, answer):
        outbox_channel.notify()
        total += done
    return total
