"""Place a reviewed bid, once."""

from typing import Any

import bids_client
from service_kit.money import Money

from auction_app.accounts.model import Customer
from auction_app.accounts.repository import customers
from auction_app.bidding.bids_health import note_answer, note_silence
from auction_app.bidding.gateway import Bids
from auction_app.bidding.model import BidResult, Ticket
from auction_app.bidding.projection import keep_placed
from auction_app.bidding.repository import tickets
from auction_app.db.store import Store
from auction_app.errors import (
    BidsUnavailable,
    NotFound,
    NotVerified,
    PriceMoved,
    Removed,
    TicketRefused,
)
from auction_app.listings.repository import auctions
from auction_app.urls import Urls

RETRY_AFTER_S = 5


def place_bid(
    store: Store, bids: Bids, urls: Urls, ticket: Ticket, *, bidder: Customer, now_ms: int
) -> bool:
    """Send a ticket to bids_service and store what came of it; True when that was known before.

    May be repeated for ever with the same ticket: it is one bid. Blocks for bids_service.
    Raises TicketRefused, NotVerified, NoSession, NotFound, Removed, PriceMoved (the ticket was not
    sent), and BidsUnavailable (the ticket may have arrived; sending it again is safe).
    """
    if ticket.bidder_id != bidder.id:
        raise TicketRefused("somebody else's ticket")
    if not bidder.verified:
        raise NotVerified("bidders need a verified address")
    if _settled_or_noted(store, ticket, now_ms):
        return True
    result = _send(store, bids, urls, ticket, now_ms)
    with store.writing() as conn:
        tickets.settle(conn, ticket.key, _to_wire(result))
    return False


def result_of(store: Store, key: str, *, customer: Customer) -> BidResult:
    """What came of a customer's own ticket. Raises NotFound, also while it is not known."""
    with store.reading() as conn:
        placed = tickets.find(conn, key)
    if placed is None or placed.customer_id != customer.id or placed.result is None:
        raise NotFound("no such bid")
    return _from_wire(placed.auction_id, placed.result)


def _settled_or_noted(store: Store, ticket: Ticket, now_ms: int) -> bool:
    """Whether the answer is known; if the ticket was never sent, note that it is now.

    Only a ticket that was never sent is checked against the price: one that was may itself have
    moved it.
    """
    with store.writing() as conn:
        customers.locked(conn, ticket.bidder_id)
        placed = tickets.find(conn, ticket.key)
        if placed is not None:
            return placed.result is not None
        auction = auctions.by_id(conn, ticket.auction_id)
        if auction.hidden:
            raise Removed("hidden since the review")
        if auction.price != ticket.seen_price:
            raise PriceMoved("the price moved since the review")
        tickets.add(
            conn,
            key=ticket.key,
            customer_id=ticket.bidder_id,
            auction_id=ticket.auction_id,
            now_ms=now_ms,
        )
    return False


def _send(store: Store, bids: Bids, urls: Urls, ticket: Ticket, now_ms: int) -> BidResult:
    try:
        bid = bids.place(
            urls.auction(ticket.auction_id),
            urls.customer(ticket.bidder_id),
            ticket.maximum,
            ticket.key,
        )
    except bids_client.BidRefused as refusal:
        return _refused(ticket, refusal.reason, refusal.minimum)
    except bids_client.NotFound:
        return _refused(ticket, "unknown_auction", None)
    except bids_client.BidsError as error:
        note_silence(store, error, now_ms=now_ms)
        raise BidsUnavailable(_retry_after_s(error)) from error
    note_answer(store)
    keep_placed(store, urls, bid, now_ms=now_ms)
    return BidResult(
        auction_id=ticket.auction_id,
        kind=bid.outcome,
        price=bid.price,
        minimum=bid.bidding.minimum,
        reserve=bid.bidding.reserve,
    )


def _refused(ticket: Ticket, reason: str, minimum: Money | None) -> BidResult:
    return BidResult(auction_id=ticket.auction_id, kind="refused", reason=reason, minimum=minimum)


def _retry_after_s(error: bids_client.BidsError) -> int:
    waits = error.retry_after_s if isinstance(error, bids_client.BidsUnavailable) else None
    return waits or RETRY_AFTER_S


def _to_wire(result: BidResult) -> dict[str, Any]:
    return {
        "kind": result.kind,
        "reason": result.reason,
        "price": result.price.to_wire() if result.price else None,
        "minimum": result.minimum.to_wire() if result.minimum else None,
        "reserve": result.reserve,
    }


def _from_wire(auction_id: str, wire: dict[str, Any]) -> BidResult:
    return BidResult(
        auction_id=auction_id,
        kind=wire["kind"],
        reason=wire["reason"],
        price=Money.parse(wire["price"]) if wire["price"] else None,
        minimum=Money.parse(wire["minimum"]) if wire["minimum"] else None,
        reserve=wire["reserve"],
    )
