"""What the item page knows of an auction beside the listing."""

from dataclasses import dataclass

from auction_app.accounts.model import Customer
from auction_app.listings.model import Auction


@dataclass(frozen=True, kw_only=True)
class Ties:
    """`took_part`: has bid there; `order_id`: the latest order of its sale that has the customer
    on one of its sides."""

    took_part: bool
    watching: bool
    order_id: str | None


@dataclass(frozen=True, kw_only=True)
class Item:
    """`silent_since_ms`: when bids_service stopped answering; None while it answers."""

    auction: Auction
    ties: Ties
    silent_since_ms: int | None


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who asks for an auction, and what ties them to it."""

    customer: Customer
    ties: Ties
