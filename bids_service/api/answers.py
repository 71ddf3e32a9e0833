"""What a bid is answered with: kept under its idempotency key, so plain text and no maximum."""

import json
from collections.abc import Mapping
from typing import Any

from service_kit.hal import MEDIA_TYPE
from service_kit.idempotency import StoredAnswer
from service_kit.problems import Problem

from bids_service.api.representations import bid_resource, bidding_resource, money
from bids_service.engine.decision import Reason, Refused
from bids_service.model import Applied
from bids_service.urls import Urls

_TITLES = {
    Reason.BELOW_MINIMUM: "The bid is below the minimum",
    Reason.ENDED: "The auction has ended",
    Reason.NOT_STARTED: "The auction has not started",
    Reason.SELLER: "Sellers can't bid on their own auctions",
    Reason.NOT_HIGHER_THAN_OWN_MAXIMUM: "The bid is not higher than the bidder's own maximum",
    Reason.WRONG_CURRENCY: "The auction is in another currency",
    Reason.NOT_AN_AMOUNT: "The maximum is not an amount that can be bid",
    Reason.BLOCKED: "The seller has blocked this bidder",
}


def answer_bid(applied: Applied, urls: Urls) -> StoredAnswer:
    """201 with the bid and the bidding, or a problem document that says why not."""
    if isinstance(applied.decision, Refused):
        return _refusal(applied, applied.decision)
    assert applied.bid is not None
    bidding = bidding_resource(applied.kept, applied.at_ms, urls)
    document = bid_resource(applied.bid, urls, embedded={"bidding": bidding})
    headers = {"Content-Type": MEDIA_TYPE, "Location": urls.bid(applied.bid.id)}
    return StoredAnswer(201, _text(document), headers)


def _refusal(applied: Applied, refused: Refused) -> StoredAnswer:
    extra: dict[str, Any] = {}
    if refused.minimum is not None:
        extra["minimum"] = money(refused.minimum, applied.kept.bidding.terms.currency)
    status = 422 if refused.reason is Reason.NOT_AN_AMOUNT else 409
    problem = Problem(status, _TITLES[refused.reason], reason=refused.reason, extra=extra)
    headers = {"Content-Type": "application/problem+json"}
    return StoredAnswer(status, _text(problem.document()), headers)


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, separators=(",", ":"))
