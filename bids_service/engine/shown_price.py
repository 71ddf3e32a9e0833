"""How much the public history shows that a bidder would pay (docs/bidding.md B14, P8)."""

from collections.abc import Iterable, Iterator

from bids_service.engine.bidding import Lead, PlacedBid
from bids_service.engine.lead import lead_after
from bids_service.engine.terms import Terms


def shown_price(terms: Terms, history: Iterable[PlacedBid], bidder: str) -> int | None:
    """The highest amount that prices and names alone prove this bidder to have bid; None for who
    has not bid. `history` is all that still counts, oldest first.

    With a start price of 10 and a step of 10, A's maximum being 50:

    | bids           | public prices | shown of A                           |
    |----------------|---------------|--------------------------------------|
    | A 50           | 10            | 10: A leads at it                    |
    | A 50, B 90     | 10, 60        | 50: a step below what A was beaten at |
    | A 50, B 55     | 10, 55        | 45: the same, though it was more     |
    | B 90, A 50     | 10, 60        | 50: a step below what beat A at once |
    """
    return max(_shown(terms, history, bidder), default=None)


def _shown(terms: Terms, history: Iterable[PlacedBid], bidder: str) -> Iterator[int]:
    before: Lead | None = None
    for bid in history:
        after = lead_after(terms, before, bid.bidder, bid.maximum)
        if after.bidder == bidder:
            yield after.price
        elif bid.bidder == bidder and before:  # it fell short, and met the minimum of its time
            yield max(terms.increments.below(after.price), terms.increments.above(before.price))
        elif before and before.bidder == bidder and not _is_lifted(terms, before, after):
            yield terms.increments.below(after.price)
        before = after


def _is_lifted(terms: Terms, before: Lead, after: Lead) -> bool:
    """Whether the price is the reserve (B9), which says nothing about who led before."""
    return after.reserve_met and not before.reserve_met and after.price == terms.reserve
