"""Closing biddings, and ending offers, on the service's own clock."""

from collections.abc import Callable

from bids_service.commands.decide import Books, Commanded, decide_all
from bids_service.engine.close import Close
from bids_service.engine.second_chance import ExpireOffer
from bids_service.model import StoredBidding
from bids_service.storage.biddings import (
    expired_offers,
    lock,
    lock_due,
    lock_frozen_too_long,
    next_end_ms,
)
from bids_service.storage.database import Transaction

_Locks = Callable[[Transaction, int, int], dict[str, StoredBidding]]
_AT_ONCE = 500
_LONGEST_PAUSE_S = 1.0


def close_due(books: Books) -> float:
    """Close all biddings and offers whose end has come, and biddings frozen for too long
    (docs/bidding.md B17);
    returns the seconds until the next look.

    Killed halfway, what is left is closed by the next round. Raises StoreUnavailable.
    """
    for which in (lock_due, lock_frozen_too_long):
        while _close_biddings(books, which):
            books.database.outbox_channel.notify()
    while _expire_offers(books):
        books.database.outbox_channel.notify()
    with books.database.read_once() as transaction:
        end_ms = next_end_ms(transaction)
    if end_ms is None:
        return _LONGEST_PAUSE_S
    # Never longer: an auction with an earlier end may be announced meanwhile.
    return min(_LONGEST_PAUSE_S, max(0.0, (end_ms - books.clock()) / 1000))


def _close_biddings(books: Books, lock_those: _Locks) -> int:
    """Close up to `_AT_ONCE` biddings, those that ended first; returns how many."""
    with books.database.writing() as transaction:
        due = lock_those(transaction, books.clock(), _AT_ONCE)
        decide_all(books, transaction, due, [(auction, Close()) for auction in due])
    return len(due)


def _expire_offers(books: Books) -> int:
    """End up to `_AT_ONCE` offers, those that expired first; returns how many."""
    with books.database.writing() as transaction:
        over = expired_offers(transaction, books.clock(), _AT_ONCE)
        commands: list[Commanded] = [
            (auction, ExpireOffer(number=number)) for auction, number in over
        ]
        if commands:
            locked = lock(transaction, [auction for auction, _ in commands])
            decide_all(books, transaction, locked, commands)
    return len(over)
