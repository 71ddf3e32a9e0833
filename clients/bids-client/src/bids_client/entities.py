"""Biddings, bids and offers as a client sees them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from service_kit.errors import NotAnAmount
from service_kit.money import Money

from bids_client.errors import BidsUnavailable

Json = Mapping[str, Any]
Links = Mapping[str, str]
Relation = Literal["place-bid", "buy-now", "retract", "cancel", "offer", "history"]
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Bidding:
    """The bid book of one auction, as it was at `server_time_ms`.

    `price` and `leader` are None before the first bid, `minimum` is None while no bid is possible
    and `buy_now` while nobody can buy at once. `auction`, `seller` and `leader` are URLs;
    `masked_leader` is what the public may be shown instead. Times are ms since the epoch.
    """

    url: str
    status: Literal["scheduled", "open", "closed"]
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
class Outcome:
    """What became of a bid that was sent to be answered later.

    `bid` is the URL of the bid once it is taken, `reason` the rule's word when it was refused.
    """

    url: str
    is_done: bool
    bid: str | None
    reason: str | None


def bidding_from(document: Json) -> Bidding:
    """Read a bidding's representation. Raises BidsUnavailable when it isn't one."""
    return read(_bidding, document)


def bid_from(document: Json) -> Bid:
    """Read a bid's representation. Raises BidsUnavailable when it isn't one."""
    return read(lambda it: Bid(**_bid(it)), document)


def placed_bid_from(document: Json) -> PlacedBid:
    """Read the answer to placing a bid. Raises BidsUnavailable when it isn't one."""
    return read(
        lambda it: PlacedBid(**_bid(it), bidding=_bidding(it["_embedded"]["bidding"])), document
    )


def own_bid_from(document: Json) -> OwnBid:
    """Read a bid with its maximum. Raises BidsUnavailable when it isn't one."""
    return read(_own_bid, document)


def offer_from(document: Json) -> Offer:
    """Read an offer's representation. Raises BidsUnavailable when it isn't one."""
    return read(_offer, document)


def outcome_from(document: Json) -> Outcome:
    """Read the outcome of a command. Raises BidsUnavailable when it isn't one."""
    return read(_outcome, document)


def link(document: Json, relation: str) -> str | None:
    """The target of a link; None when it isn't there. Raises KeyError, TypeError for no HAL."""
    found = document["_links"].get(relation)
    return None if found is None else str(found["href"])


def read(understand: Callable[[Json], T], document: Json) -> T:
    """What a representation says. Raises BidsUnavailable when it isn't understood."""
    try:
        return understand(document)
    except (KeyError, TypeError, AttributeError, NotAnAmount) as error:
        raise BidsUnavailable(f"the answer is not understood: {error!r}") from error


def _bidding(document: Json) -> Bidding:
    return Bidding(
        url=_needed(document, "self"),
        auction=_needed(document, "auction"),
        seller=_needed(document, "seller"),
        leader=link(document, "leader"),
        bids_url=_needed(document, "bids"),
        start_price=Money.parse(document["start_price"]),
        price=money_from(document.get("price")),
        minimum=money_from(document.get("minimum")),
        buy_now=money_from(document.get("buy_now")),
        masked_leader=document.get("masked_leader"),
        links=_links(document),
        **{name: document[name] for name in _BIDDING_STATE},
    )


def _bid(document: Json) -> dict[str, Any]:
    return {
        "url": _needed(document, "self"),
        "bidding_url": _needed(document, "bidding"),
        "auction": _needed(document, "auction"),
        "seller": _needed(document, "seller"),
        "bidder": _needed(document, "bidder"),
        "outbid": link(document, "outbid"),
        "masked_bidder": document.get("masked_bidder", ""),
        "receipt": document.get("receipt", ""),
        "price": Money.parse(document["price"]),
        **{name: document[name] for name in ("outcome", "placed_at_ms", "sequence")},
    }


def _own_bid(document: Json) -> OwnBid:
    return OwnBid(
        **_bid(document),
        maximum=Money.parse(document["maximum"]),
        salt=document.get("salt", ""),
        can_retract=link(document, "retract") is not None,
    )


def _offer(document: Json) -> Offer:
    return Offer(
        url=_needed(document, "self"),
        price=Money.parse(document["price"]),
        status=document["status"],
        expires_at_ms=document["expires_at_ms"],
        bidding_url=_needed(document, "bidding"),
        auction=_needed(document, "auction"),
        seller=_needed(document, "seller"),
        bidder=_needed(document, "bidder"),
        links=_links(document),
    )


def _outcome(document: Json) -> Outcome:
    is_done = document["status"] == "done"
    answer = document["answer"] if is_done else {}
    refused = is_done and answer["status"] >= 400
    return Outcome(
        url=_needed(document, "self"),
        is_done=is_done,
        bid=None if refused else answer.get("location"),
        reason=answer["body"].get("reason") if refused else None,
    )


def _links(document: Json) -> Links:
    return {relation: str(target["href"]) for relation, target in document["_links"].items()}


def _needed(document: Json, relation: str) -> str:
    return str(document["_links"][relation]["href"])


def money_from(wire: Any) -> Money | None:
    """An amount that may be missing. Raises NotAnAmount."""
    return None if wire is None else Money.parse(wire)


_BIDDING_STATE = (
    "status",
    "outcome",
    "currency",
    "bid_count",
    "reserve",
    "starts_at_ms",
    "ends_at_ms",
    "closed_at_ms",
    "version",
    "server_time_ms",
)
