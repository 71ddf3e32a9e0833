"""A bidder puts in a maximum (docs/bidding.md B3 to B12, B15)."""

from dataclasses import dataclass, field, replace

from bids_service.engine.bidding import Bidding, PlacedBid, Standing, versioned
from bids_service.engine.decision import (
    Accepted,
    BiddingEvent,
    Decision,
    Kind,
    Reason,
    Refused,
    changes,
)
from bids_service.engine.eligibility import why_not_admitted
from bids_service.engine.lead import lead_after
from bids_service.engine.soft_close import end_after
from bids_service.engine.terms import LARGEST_AMOUNT_MINOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Bid:
    """`maximum` in minor units of `currency`."""

    bidder: str
    maximum: int = field(repr=False)
    currency: str


def place_bid(bidding: Bidding, bid: Bid, now_ms: int) -> Decision:
    """Take or refuse a maximum. Read `now_ms` inside the auction's lock (B11)."""
    reason = why_refused(bidding, bid, now_ms)
    if reason is not None:
        return Refused(reason, bidding.minimum if reason is Reason.BELOW_MINIMUM else None)
    after = _taken(bidding, bid, now_ms)
    placed = _placed(bidding, after, bid, now_ms)
    counted = replace(
        after, sequence=placed.sequence, bid_count=bidding.bid_count + placed.is_public
    )
    return Accepted(
        bidding=versioned(bidding, counted),
        events=(_announcement(bidding, bid), *changes(bidding, counted, outbid=placed.outbid)),
        bid=placed,
    )


def why_refused(bidding: Bidding, bid: Bid, now_ms: int) -> Reason | None:
    """The first reason against a bid, the public ones first."""
    reason = why_not_admitted(bidding, bid.bidder, now_ms)
    if reason is not None:
        return reason
    if bid.currency != bidding.terms.currency:
        return Reason.WRONG_CURRENCY
    if not 0 < bid.maximum <= LARGEST_AMOUNT_MINOR:
        return Reason.NOT_AN_AMOUNT
    if bid.maximum < bidding.minimum:
        return Reason.BELOW_MINIMUM
    if bidding.lead and _is_raise(bidding, bid) and bid.maximum <= bidding.lead.maximum:
        return Reason.NOT_HIGHER_THAN_OWN_MAXIMUM
    return None


def _taken(bidding: Bidding, bid: Bid, now_ms: int) -> Bidding:
    lead = lead_after(bidding.terms, bidding.lead, bid.bidder, bid.maximum)
    # B10: any bid ends buy-now; with a reserve only the one that meets it.
    stays = bidding.terms.reserve is not None and not lead.reserve_met
    taken = replace(bidding, lead=lead, buy_now_available=bidding.buy_now_available and stays)
    return replace(taken, ends_at_ms=end_after(bidding, taken, now_ms))


def _placed(before: Bidding, after: Bidding, bid: Bid, now_ms: int) -> PlacedBid:
    standing, outbid = _standing(before, after, bid)
    assert after.lead is not None
    return PlacedBid(
        sequence=before.sequence + 1,
        bidder=bid.bidder,
        maximum=bid.maximum,
        placed_at_ms=now_ms,
        standing=standing,
        price=after.lead.price,
        outbid=outbid,
    )


def _standing(before: Bidding, after: Bidding, bid: Bid) -> tuple[Standing, str | None]:
    """What the bid was worth, and whom it left outbid: the leader before, or its own bidder."""
    if after.leader != bid.bidder:
        return Standing.OUTBID, bid.bidder
    if before.leader != bid.bidder:
        return Standing.LEADING, before.leader
    silent = before.price == after.price and before.reserve_met == after.reserve_met
    return (Standing.RAISED if silent else Standing.LEADING), None


def _announcement(before: Bidding, bid: Bid) -> BiddingEvent:
    return BiddingEvent(Kind.MAXIMUM_RAISED if _is_raise(before, bid) else Kind.BID_ACCEPTED)


def _is_raise(bidding: Bidding, bid: Bid) -> bool:
    return bidding.leader == bid.bidder
