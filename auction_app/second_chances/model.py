"""Offers of an auction's item to a bidder who didn't get it."""

from dataclasses import dataclass

from service_kit.money import Money

from auction_app.bidding.model import OPEN_OFFER

ACCEPTED = "accepted"
WITHDRAWN = "expired"
"""How an offer is shown that nobody may take any more."""


@dataclass(frozen=True, kw_only=True)
class SecondChance:
    """An offer of an auction's item to one bidder, for that bidder's and the seller's eyes."""

    id: str
    url: str
    auction_id: str
    bidder_id: str
    price: Money
    status: str
    expires_at_ms: int

    def is_open(self, now_ms: int) -> bool:
        """Whether it can still be answered."""
        return self.status == OPEN_OFFER and now_ms < self.expires_at_ms

    def binds(self, now_ms: int) -> bool:
        """Whether the item is promised to this bidder, and can be offered to no other."""
        return self.status == ACCEPTED or self.is_open(now_ms)
