"""A bid: as it was taken, as a ticket that waits for a yes, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from service_kit.money import Money


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
