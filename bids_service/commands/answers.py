"""What a command is answered with: stored under its idempotency key, so plain text, no maximum."""

from collections.abc import Mapping
from typing import Any

import msgspec
from service_kit.hal import MEDIA_TYPE
from service_kit.idempotency import StoredAnswer
from service_kit.problems import Problem

from bids_service.engine.decision import Reason, Refused
from bids_service.engine.offer import OfferStatus
from bids_service.model import Applied
from bids_service.representations import bid_resource, bidding_resource, money, offer_resource
from bids_service.urls import Urls

_TITLES = {
    Reason.BELOW_MINIMUM: "The bid is below the minimum",
    Reason.ENDED: "The auction has ended",
    Reason.NOT_STARTED: "The auction has not started",
    Reason.SELLER: "Sellers can't bid on their own auctions",
    Reason.NOT_HIGHER_THAN_OWN_MAXIMUM: "The bid is not higher than the bidder's own maximum",
    Reason.WRONG_CURRENCY: "The auction is in another currency",
    Reason.NOT_AN_AMOUNT: "The maximum is not an amount that can be bid",
    Reason.FROZEN: "The house has frozen the auction",
    Reason.BARRED: "The house takes no bids of this bidder here",
    Reason.BLOCKED: "The seller has blocked this bidder",
    Reason.NOT_AVAILABLE: "The item can't be bought at once",
    Reason.NOT_DUE: "It is too early for that",
    Reason.NOT_SELLER: "Only the seller may do that",
    Reason.HAS_BIDS: "Somebody has bid",
    Reason.NOT_CLOSED: "The auction is still running",
    Reason.NO_BID: "This bidder has no bid there",
    Reason.WINNER: "This bidder has won the auction",
    Reason.TOO_LATE: "It is too late for that",
    Reason.ALREADY_OFFERED: "The item is offered to a bidder already",
    Reason.NO_OFFER: "This bidder has no such offer",
    Reason.PRICE_CHANGED: "It would be offered at another price",
}


def answer_command(applied: Applied, urls: Urls) -> StoredAnswer:
    """What came of a command: a bid, an offer or the bidding; or a problem that says why not."""
    if isinstance(applied.decision, Refused):
        return _refusal(applied, applied.decision)
    bidding = bidding_resource(applied.stored, applied.at_ms, urls)
    if applied.bid is not None:
        document = bid_resource(applied.bid, urls, embedded={"bidding": bidding})
        return _created(document, urls.bid(applied.bid.id))
    if applied.offer is not None:
        document = offer_resource(applied.offer, applied.at_ms, urls)
        if applied.offer.offer.status is OfferStatus.OPEN:
            return _created(document, urls.offer(applied.offer.id))
        return StoredAnswer(200, _text(document), {"Content-Type": MEDIA_TYPE})
    return StoredAnswer(200, _text(bidding), {"Content-Type": MEDIA_TYPE})


def _created(document: Mapping[str, Any], url: str) -> StoredAnswer:
    return StoredAnswer(201, _text(document), {"Content-Type": MEDIA_TYPE, "Location": url})


def _refusal(applied: Applied, refused: Refused) -> StoredAnswer:
    amounts = {"minimum": refused.minimum, "price": refused.price}
    currency = applied.stored.bidding.terms.currency
    extra: dict[str, Any] = {
        name: money(amount, currency) for name, amount in amounts.items() if amount is not None
    }
    problem = Problem(409, _TITLES[refused.reason], reason=refused.reason, extra=extra)
    headers = {"Content-Type": "application/problem+json"}
    return StoredAnswer(409, _text(problem.document()), headers)


def _text(document: Mapping[str, Any]) -> str:
    # Not json, which takes a fifth of a bid's time inside its auction's lock.
    return msgspec.json.encode(document).decode()
