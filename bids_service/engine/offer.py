"""A second chance that the seller offered to one bidder (docs/bidding.md B14)."""

from dataclasses import dataclass
from enum import StrEnum


class OfferStatus(StrEnum):
    """Where an offer is in its life."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Offer `number` of a bidding, from 1; `price` is for the seller's and the bidder's eyes."""

    number: int
    bidder: str
    price: int
    expires_at_ms: int
    status: OfferStatus = OfferStatus.OPEN

    def is_open(self, now_ms: int) -> bool:
        """Whether it can be answered; the very instant it expires is late."""
        return self.status is OfferStatus.OPEN and now_ms < self.expires_at_ms

    def binds(self, now_ms: int) -> bool:
        """Whether the item can't be offered to anybody else: there is one item, to sell once."""
        return self.status is OfferStatus.ACCEPTED or self.is_open(now_ms)
