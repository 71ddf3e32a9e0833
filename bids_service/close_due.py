"""Closing biddings, and ending offers, on the service's own clock."""

from service_kit.clock import Clock

from bids_service.storage.books import Books

_AT_ONCE = 500
_LONGEST_PAUSE_S = 1.0


def close_due(books: Books, clock: Clock) -> float:
    """Close all biddings and offers whose end has come; returns the seconds until the next look.

    Killed halfway, what is left is closed by the next round. Raises StoreUnavailable.
    """
    while books.close_due(_AT_ONCE):
        pass
    while books.expire_offers(_AT_ONCE):
        pass
    next_end_ms = books.next_end_ms()
    if next_end_ms is None:
        return _LONGEST_PAUSE_S
    # Never longer: an auction with an earlier end may be announced meanwhile.
    return min(_LONGEST_PAUSE_S, max(0.0, (next_end_ms - clock()) / 1000))
