"""Who leads, and at which price, after one more maximum (docs/bidding.md B4 to B9)."""

from dataclasses import replace

from bids_service.engine.bidding import Lead
from bids_service.engine.terms import ReservePolicy, SelfRaise, Terms


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
        taken = _raised(terms, lead, maximum)
    elif maximum > lead.maximum:
        taken = _overtaken(terms, lead, bidder, maximum)
    else:
        taken = _defended(terms, lead, maximum)
    return _with_reserve(terms, taken)


def _raised(terms: Terms, lead: Lead, maximum: int) -> Lead:
    """B8. Where a raise completes the increment, what the old maximum cut off is added."""
    raised = replace(lead, maximum=max(maximum, lead.maximum))
    if terms.ruleset.self_raise is SelfRaise.NO_PRICE_CHANGE or lead.runner_up_maximum is None:
        return raised
    complete = min(raised.maximum, terms.increments.above(lead.runner_up_maximum))
    return replace(raised, price=max(lead.price, complete))


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
    """B9. Under the lesser-of policy a leader below the reserve stands at the own maximum."""
    if terms.reserve is None:
        return lead
    met = lead.maximum >= terms.reserve
    if met or terms.ruleset.reserve is ReservePolicy.LESSER_OF_MAXIMUM_AND_RESERVE:
        return replace(
            lead, price=max(lead.price, min(lead.maximum, terms.reserve)), reserve_met=met
        )
    return lead
