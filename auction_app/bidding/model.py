"""A bid: as it was taken, as a ticket that waits for a yes, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from service_kit.money import Money

from auction_app.listings.model import Auction, Standing, Status
from auction_app.orders.model import OrderStatus

OPEN_OFFER = "open"
"""The status of a second chance that waits for its bidder's answer."""


@dataclass(frozen=True, kw_only=True)
class Bid:
    """One accepted bid, as it was when it was taken. Its maximum is not known here.

    `masked_bidder` is what bids_service calls the bidder in public, in this auction only.
    """

    url: str
    auction_id: str
    bidder_id: str
    outcome: str
    price: Money
    placed_at_ms: int
    sequence: int
    masked_bidder: str = ""
    retracted_at_ms: int | None = None


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """A reviewed bid that only waits for its bidder's yes.

    `key` is the idempotency key: one ticket is one bid, however often it is sent.
    `seen_price` is the price that the bidder was shown; None before the first bid.
    """

    key: str
    auction_id: str
    bidder_id: str
    maximum: Money = field(repr=False)
    seen_price: Money | None

    def to_wire(self) -> dict[str, Any]:
        """The form that goes, signed, into the bidder's own page."""
        return {
            "key": self.key,
            "auction": self.auction_id,
            "bidder": self.bidder_id,
            "maximum": self.maximum.to_wire(),
            "seen": self.seen_price.to_wire() if self.seen_price else None,
        }

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any]) -> "Ticket":
        """Read what `to_wire` wrote."""
        return cls(
            key=wire["key"],
            auction_id=wire["auction"],
            bidder_id=wire["bidder"],
            maximum=Money.parse(wire["maximum"]),
            seen_price=Money.parse(wire["seen"]) if wire["seen"] else None,
        )


@dataclass(frozen=True, kw_only=True)
class BidResult:
    """What became of a placed bid; the same answer however often it is asked.

    `kind` is leading, outbid, raised or refused; `reason` is there for a refusal. It never holds
    the maximum.
    """

    auction_id: str
    kind: str
    reason: str | None = None
    price: Money | None = None
    minimum: Money | None = None
    reserve: str = "none"


class BidderTask(StrEnum):
    """What a bidder can do next about an item."""

    RAISE = "raise"
    ANSWER_OFFER = "answer_offer"
    PAY = "pay"
    CONFIRM_RECEIPT = "confirm_receipt"


@dataclass(frozen=True, kw_only=True)
class Participation:
    """An auction that a customer has bid in, and what came of it: the latest order with the
    customer as buyer (`bought`: by a second chance), and the offer that waits for an answer."""

    customer_id: str
    auction: Auction
    last_bid_at_ms: int
    bought: bool = False
    order_id: str | None = None
    order_status: str | None = None
    offer_id: str | None = None

    def standing(self, now_ms: int) -> Standing:
        """Where the customer stands."""
        return self.auction.standing_of(self.customer_id, now_ms, bought=self.bought)

    def task(self, now_ms: int) -> BidderTask | None:
        """What is to be done next, if anything.

        | an offer is open | running, outbid | order placed | shipped         |
        |------------------|-----------------|--------------|-----------------|
        | answer_offer     | raise           | pay          | confirm_receipt |
        """
        if self.offer_id:
            return BidderTask.ANSWER_OFFER
        if self.auction.status(now_ms) is Status.RUNNING and not self.auction.hidden:
            outbid = self.standing(now_ms) is Standing.OUTBID
            return BidderTask.RAISE if outbid else None
        waiting = {
            OrderStatus.AGREED: BidderTask.PAY,
            OrderStatus.UNPAID: BidderTask.PAY,
            OrderStatus.SHIPPED: BidderTask.CONFIRM_RECEIPT,
        }
        return waiting.get(OrderStatus(self.order_status)) if self.order_status else None
