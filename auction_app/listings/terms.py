"""What a listing promises its bidders, and how the thing itself is described."""

from dataclasses import dataclass, field
from typing import Any

from service_kit.money import Money

from auction_app.listings.increments import Increments

CONDITIONS = ("new", "like_new", "used", "worn", "for_parts")
RETURNS = ("none", "14_days", "30_days")
PRICED, FREE, COLLECTION, ASK = DELIVERIES = ("priced", "free", "collection", "ask")
"""Sent at a price, sent free, collected by the buyer, or for the two of them to agree on."""


@dataclass(frozen=True, kw_only=True)
class SoftClose:
    """A bid within `window_ms` of the end moves the end to `extension_ms` after it.

    docs/bidding.md B12.
    """

    window_ms: int
    extension_ms: int


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Fixed once the listing is published. The reserve is nobody's business but the seller's."""

    start_price: Money
    increments: Increments
    starts_at_ms: int
    ends_at_ms: int
    reserve: Money | None = field(default=None, repr=False)
    buy_now: Money | None = None
    soft_close: SoftClose | None = None
    hard_end_at_ms: int | None = None

    @property
    def currency(self) -> str:
        """ISO 4217 code of everything that is bid here."""
        return self.start_price.currency

    def to_wire(self, *, private: bool) -> dict[str, Any]:
        """As docs/protocol.md has them; `private` adds what bidders may not know."""
        wire: dict[str, Any] = {
            "currency": self.currency,
            "start_price": self.start_price.to_wire(),
            "increments": [list(row) for row in self.increments],
            "starts_at_ms": self.starts_at_ms,
            "ends_at_ms": self.ends_at_ms,
            "buy_now": self.buy_now.to_wire() if self.buy_now else None,
            "soft_close": vars(self.soft_close) if self.soft_close else None,
            "hard_end_at_ms": self.hard_end_at_ms,
        }
        if private:
            wire |= {"reserve": self.reserve.to_wire() if self.reserve else None, "blocked": []}
        return wire


@dataclass(frozen=True, kw_only=True)
class Details:
    """What kind of thing it is, in what state, and how it gets to its buyer and back."""

    category: str = "other"
    condition: str = "used"
    postage: str = ""
    returns: str = "none"
    delivery: str = ASK
    postage_minor: int | None = None
    location: str = ""
    payment: str = ""

    def postage_cost(self, currency: str) -> Money | None:
        """What the buyer pays on top of the price: nothing for what is sent free or collected,
        None where it isn't known yet."""
        if self.delivery == ASK:
            return None
        return Money(self.postage_minor or 0, currency)


CURRENCIES = ("USD", "EUR", "GBP", "CHF", "SEK", "DKK", "NOK", "PLN", "CAD", "AUD", "JPY", "KWD")
