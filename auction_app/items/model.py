"""What the item page knows of an auction beside the listing."""

from dataclasses import dataclass

from auction_app.accounts.model import Customer
from auction_app.listings.model import Auction


@dataclass(frozen=True, kw_only=True)
class Ties:
    """`took_part`: has bid there; `order_id`: the latest order of its sale that has the customer
    on one of its sides; `bought`: that is by a second chance; `offer_id`: one that waits for the
    customer's answer, until `offer_expires_at_ms`."""

    took_part: bool
    watching: bool
    order_id: str | None
    bought: bool = False
    offer_id: str | None = None
    offer_expires_at_ms: int | None = None

    def offer_at(self, now_ms: int) -> str | None:
        """The offer that still waits then."""
        return self.offer_id if now_ms < (self.offer_expires_at_ms or 0) else None


@dataclass(frozen=True, kw_only=True)
class Seller:
    """What speaks for a seller: a member since when, how many sales, and how often they went
    well, neither well nor badly, or badly."""

    since_ms: int
    sales: int
    good: int
    neutral: int
    bad: int

    @property
    def rated(self) -> int:
        """How often somebody said how it went."""
        return self.good + self.neutral + self.bad

    @property
    def good_percent(self) -> int:
        """99 good of 100 → 99; rounded down, so that only who is faultless has 100."""
        return 100 * self.good // self.rated if self.rated else 0


@dataclass(frozen=True, kw_only=True)
class Item:
    """`silent_since_ms`: when bids_service stopped answering; None while it answers."""

    auction: Auction
    seller: Seller
    ties: Ties
    silent_since_ms: int | None


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who asks for an auction, and what ties them to it."""

    customer: Customer
    ties: Ties
