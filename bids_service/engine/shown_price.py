"""How much the public history shows that a bidder would pay (docs/bidding.md B14, P8)."""

from collections.abc import Iterable, Iterator

from bids_service.engine.bidding import Lead, PlacedBid
from bids_service.engine.lead import lead_after
from bids_service.engine.terms import Terms


def shown_prices(terms: Terms, history: Iterable[PlacedBid]) -> dict[str, int]:
    """The highest amount that prices and names alone prove each bidder to have bid. `history` is
    all that still counts, oldest first.

    With a start price of 10 and a step of 10, A's maximum being 50:

    | bids           | public prices | shown of A                           |
    |----------------|---------------|--------------------------------------|
    | A 50           | 10            | 10: A leads at it                    |
    | A 50, B 90     | 10, 60        | 50: a step below what A was beaten at |
    | A 50, B 55     | 10, 55        | 45: the same, though it was more     |
    | B 90, A 50     | 10, 60        | 50: a step below what beat A at once |
    """
    highest: dict[str, int] = {}
    for bidder, amount in _shown(terms, history):
        highest[bidder] = max(amount, highest.get(bidder, amount))
    return highest


def _shown(terms: Terms, history: Iterable[PlacedBid]) -> Iterator[tuple[str, int]]:
    before: Lead | None = None
    for bid in history:
        after = lead_after(terms, before, bid.bidder, bid.maximum)
        yield after.bidder, after.price
        if before is not None:
            yield from _shown_of_the_beaten(terms, before, after, bid.bidder)
        before = after


def _shown_of_the_beaten(
    terms: Terms, before: Lead, after: Lead, bidder: str
) -> Iterator[tuple[str, int]]:
    below = terms.increments.below(after.price)
    if bidder != after.bidder:  # it fell short, and met the minimum of its time
        yield bidder, max(below, terms.increments.above(before.price))
    elif before.bidder != after.bidder and not _is_lifted(terms, before, after):
        yield before.bidder, below


def _is_lifted(terms: Terms, before: Lead, after: Lead) -> bool:
    """Whether the price is the reserve (B9), which says nothing about who led before."""
    return after.reserve_met and not before.reserve_met and after.price == terms.reserve
