"""The same order of bids or commands gives the same result, always."""

from collections.abc import Iterable

from bids_service.engine.bidding import Lead, PlacedBid
from bids_service.engine.lead import lead_after
from bids_service.engine.terms import Terms


def lead_of(terms: Terms, bids: Iterable[PlacedBid]) -> Lead | None:
    """Who leads after these accepted bids, oldest first; what was accepted isn't judged again."""
    lead: Lead | None = None
    for bid in bids:
        lead = lead_after(terms, lead, bid.bidder, bid.maximum)
    return lead
