"""Who leads, and at which price, after one more maximum (docs/bidding.md B4 to B9)."""

from collections.abc import Iterable
from dataclasses import replace

from bids_service.engine.bidding import Lead, PlacedBid
from bids_service.engine.terms import Terms


def lead_after(terms: Terms, lead: Lead | None, bidder: str, maximum: int) -> Lead:
    """The lead once `bidder` has put in `maximum`; whether that was allowed is decided elsewhere.

    With a step of 10:

    | rule | leader before | bid  | lead after              |
    |------|---------------|------|-------------------------|
    | B4   | nobody        | A 50 | A at the start price    |
    | B5   | A 50          | B 70 | B at 60                 |
    | B5   | A 50          | B 55 | B at 55                 |
    | B6   | A 50          | B 45 | A at 50                 |
    | B6   | A 50          | B 20 | A at 30                 |
    | B7   | A 50          | B 50 | A at 50                 |
    | B8   | A 50          | A 70 | A, the price as it was  |
    """
    if lead is None:
        taken = Lead(bidder=bidder, maximum=maximum, price=terms.start_price)
    elif bidder == lead.bidder:
        taken = replace(lead, maximum=max(maximum, lead.maximum))
    elif maximum > lead.maximum:
        taken = _overtaken(terms, lead, bidder, maximum)
    else:
        taken = _defended(terms, lead, maximum)
    return _with_reserve(terms, taken)


def lead_of(terms: Terms, bids: Iterable[PlacedBid]) -> Lead | None:
    """Who leads after these accepted bids, oldest first; what was accepted isn't judged again."""
    lead: Lead | None = None
    for bid in bids:
        lead = lead_after(terms, lead, bid.bidder, bid.maximum)
    return lead


def _overtaken(terms: Terms, lead: Lead, bidder: str, maximum: int) -> Lead:
    """B5."""
    price = min(maximum, terms.increments.above(lead.maximum))
    return Lead(bidder=bidder, maximum=maximum, runner_up_maximum=lead.maximum, price=price)


def _defended(terms: Terms, lead: Lead, maximum: int) -> Lead:
    """B6 and B7. The increment is the one at the loser's maximum."""
    price = min(lead.maximum, terms.increments.above(maximum))
    return replace(
        lead,
        runner_up_maximum=max(maximum, lead.runner_up_maximum or 0),
        price=max(lead.price, price),
    )


def _with_reserve(terms: Terms, lead: Lead) -> Lead:
    """B9. A maximum that meets the reserve lifts the price to it."""
    if terms.reserve is None or lead.maximum < terms.reserve:
        return lead
    return replace(lead, price=max(lead.price, terms.reserve), reserve_met=True)
