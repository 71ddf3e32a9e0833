"""Place a reviewed bid, once."""

from typing import Any

from service_kit.money import Money

from auction_app.accounts.model import Customer
from auction_app.accounts.repository import customers
from auction_app.bidding.gateway import Gateway
from auction_app.bidding.model import BidResult, Ticket
from auction_app.bidding.projection import keep_placed
from auction_app.bidding.repository import tickets
from auction_app.db.store import Store
from auction_app.errors import (
    CommandRefused,
    NotFound,
    NotVerified,
    PriceMoved,
    Removed,
    TicketRefused,
)
from auction_app.listings.repository import auctions


def place_bid(store: Store, gateway: Gateway, ticket: Ticket, *, bidder: Customer) -> bool:
    """Send a ticket to bids_service and store what came of it; True when that was known before.

    May be repeated for ever with the same ticket: it is one bid. Blocks for bids_service.
    Raises TicketRefused, NotVerified, NoSession, NotFound, Removed, PriceMoved (the ticket was not
    sent), and BidsUnavailable (the ticket may have arrived; sending it again is safe).
    """
    if ticket.bidder_id != bidder.id:
        raise TicketRefused("somebody else's ticket")
    if not bidder.verified:
        raise NotVerified("bidders need a verified address")
    if _settled_or_noted(store, ticket):
        return True
    result = _send(store, gateway, ticket)
    with store.begin() as act:
        tickets.settle(act.conn, ticket.key, _to_wire(result))
    return False


def result_of(store: Store, key: str, *, customer: Customer) -> BidResult:
    """What came of a customer's own ticket. Raises NotFound, also while it is not known."""
    with store.reading() as conn:
        placed = tickets.find(conn, key)
    if placed is None or placed.customer_id != customer.id or placed.result is None:
        raise NotFound("no such bid")
    return _from_wire(placed.auction_id, placed.result)


def _settled_or_noted(store: Store, ticket: Ticket) -> bool:
    """Whether the answer is known; if the ticket was never sent, note that it is now.

    Only a ticket that was never sent is checked against the price: one that was may itself have
    moved it.
    """
    with store.begin() as act:
        customers.locked(act.conn, ticket.bidder_id)
        placed = tickets.find(act.conn, ticket.key)
        if placed is not None:
            return placed.result is not None
        auction = auctions.by_id(act.conn, ticket.auction_id)
        if auction.hidden:
            raise Removed("hidden since the review")
        if auction.price != ticket.seen_price:
            raise PriceMoved("the price moved since the review")
        tickets.add(
            act.conn,
            key=ticket.key,
            customer_id=ticket.bidder_id,
            auction_id=ticket.auction_id,
            now_ms=act.now_ms,
        )
    return False


def _send(store: Store, gateway: Gateway, ticket: Ticket) -> BidResult:
    try:
        bid = gateway.place(ticket)
    except CommandRefused as refusal:
        return BidResult(
            auction_id=ticket.auction_id,
            kind="refused",
            reason=refusal.reason,
            minimum=refusal.minimum,
        )
    with store.begin() as act:
        keep_placed(act, bid)
    return BidResult(
        auction_id=ticket.auction_id,
        kind=bid.outcome,
        price=bid.price,
        minimum=bid.bidding.minimum,
        reserve=bid.bidding.reserve,
    )


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
