"""Biddings, bids and offers as a client sees them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from service_kit.money import Money

from bids_client.errors import BidsUnavailable

Links = Mapping[str, str]
Decree = Literal["freeze", "resume", "end", "bar", "unbar"]
"""What the house may decide about a bidding."""
Relation = Literal[
    "place-bid",
    "buy-now",
    "retract",
    "cancel",
    "offer",
    "shown-prices",
    "history",
    "freeze",
    "resume",
    "end",
    "bar",
    "unbar",
]


@dataclass(frozen=True, kw_only=True)
class Bidding:
    """The bid book of one auction, as it was at `server_time_ms`.

    `price` and `leader` are None before the first bid, `minimum` is None while no bid is possible
    and `buy_now` while nobody can buy at once. `auction`, `seller` and `leader` are URLs;
    `masked_leader` is what the public may be shown instead. `frozen_at_ms` is since when the house
    has it stand still; `ends_at_ms` is the end without
    that time. Times are ms since the epoch.
    """

    url: str
    status: Literal["scheduled", "open", "frozen", "closed"]
    outcome: Literal["sold", "unsold"] | None
    currency: str
    start_price: Money
    price: Money | None
    minimum: Money | None
    bid_count: int
    reserve: Literal["none", "met", "not_met"]
    starts_at_ms: int
    ends_at_ms: int
    closed_at_ms: int | None
    version: int
    server_time_ms: int
    auction: str
    seller: str
    leader: str | None
    bids_url: str = field(repr=False)
    buy_now: Money | None = None
    masked_leader: str | None = None
    frozen_at_ms: int | None = None
    links: Links = field(default_factory=dict, repr=False, compare=False)

    def can(self, relation: Relation) -> bool:
        """Whether that is possible now, as far as the service says."""
        return relation in self.links


@dataclass(frozen=True, kw_only=True)
class Bid:
    """A bid as it was when it was taken. `price` is the public price right after it.

    `outbid` is the URL of the bidder whom it overtook, or of its own when it fell short;
    `masked_bidder` is what the public may be shown. `receipt` is to be found in the auction's
    record after the close.
    """

    url: str
    outcome: Literal["leading", "outbid", "raised"]
    price: Money
    placed_at_ms: int
    sequence: int
    bidding_url: str
    auction: str
    seller: str
    bidder: str
    outbid: str | None
    masked_bidder: str = ""
    receipt: str = ""

    @staticmethod
    def find(url: str) -> "Bid":
        """The bid at a URL, wherever this process has bids from (`find_bids_at`).

        Raises NotFound, or another BidsError.
        """
        if not _found_at:
            raise BidsUnavailable("say first where bids are: find_bids_at(BidsClient(url, token))")
        return _found_at[0].bid(url)


@dataclass(frozen=True, kw_only=True)
class PlacedBid(Bid):
    """The answer to placing a bid: the bid, and the bidding right after it."""

    bidding: Bidding


@dataclass(frozen=True, kw_only=True)
class OwnBid(Bid):
    """A bid with its maximum, and the salt of the commitment to it: for its bidder's eyes only."""

    maximum: Money = field(repr=False)
    salt: str = field(default="", repr=False)
    can_retract: bool = False


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A second chance at `price` for the bidder at a URL, for these two people's eyes."""

    url: str
    price: Money
    status: Literal["open", "accepted", "declined", "expired"]
    expires_at_ms: int
    bidding_url: str
    auction: str
    seller: str
    bidder: str
    links: Links = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class ShownPrice:
    """The highest `price` that the public history proves the bidder at a URL to have bid."""

    bidder: str
    price: Money


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a bid that was sent to be answered later.

    `bid` is the URL of the bid once it is taken, `reason` the rule's word when it was refused.
    """

    url: str
    is_done: bool
    bid: str | None
    reason: str | None


class FindsBids(Protocol):
    """What knows bids by their URLs: a `BidsClient`, whether its service is across the network or
    in this process, or a service's own storage."""

    def bid(self, url: str) -> Bid:
        """The bid at a URL. Raises NotFound, or another BidsError."""


_found_at: list[FindsBids] = []


def find_bids_at(source: FindsBids) -> None:
    """Have every `Bid.find(url)` of this process look there: said once, where the process is built.
    Said again, the last one counts."""
    _found_at[:] = [source]
