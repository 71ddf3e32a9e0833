"""What a command comes to: accepted with a new state and what happened, or refused for a reason."""

from dataclasses import dataclass, field
from enum import StrEnum

from bids_service.engine.bidding import Bidding, PlacedBid
from bids_service.engine.offer import Offer


class Reason(StrEnum):
    """Why a command was refused. A refusal changes nothing (docs/bidding.md B15)."""

    BELOW_MINIMUM = "below_minimum"
    ENDED = "ended"
    NOT_STARTED = "not_started"
    SELLER = "seller"
    NOT_HIGHER_THAN_OWN_MAXIMUM = "not_higher_than_own_maximum"
    WRONG_CURRENCY = "wrong_currency"
    NOT_AN_AMOUNT = "not_an_amount"
    FROZEN = "frozen"
    BARRED = "barred"
    BLOCKED = "blocked"
    NOT_AVAILABLE = "not_available"
    NOT_DUE = "not_due"
    NOT_SELLER = "not_seller"
    HAS_BIDS = "has_bids"
    NOT_CLOSED = "not_closed"
    NO_BID = "no_bid"
    WINNER = "winner"
    TOO_LATE = "too_late"
    ALREADY_OFFERED = "already_offered"
    NO_OFFER = "no_offer"
    PRICE_CHANGED = "price_changed"


class Kind(StrEnum):
    """The kinds of things that happen to a bidding."""

    BID_ACCEPTED = "bid.accepted"
    MAXIMUM_RAISED = "max.raised"
    """Private to the bidder."""
    BID_RETRACTED = "bid.retracted"
    LEAD_CHANGED = "lead.changed"
    PRICE_CHANGED = "price.changed"
    OUTBID = "bidder.outbid"
    RESERVE_MET = "reserve.met"
    RESERVE_UNMET = "reserve.unmet"
    BUY_NOW_REMOVED = "buy_now.removed"
    BUY_NOW_PURCHASED = "buy_now.purchased"
    EXTENDED = "auction.extended"
    FROZEN = "auction.frozen"
    RESUMED = "auction.resumed"
    BIDDER_BARRED = "bidder.barred"
    BIDDER_UNBARRED = "bidder.unbarred"
    CLOSED = "auction.closed"
    SECOND_CHANCE_OFFERED = "second_chance.offered"
    SECOND_CHANCE_ENDED = "second_chance.ended"


@dataclass(frozen=True, slots=True)
class BiddingEvent:
    """One thing that happened, `about` a bidder or an outcome.

    `amount` is private to that bidder and the seller.
    """

    kind: Kind
    about: str | None = None
    amount: int | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The new state and what happened, in order: nothing if the command had its effect before."""

    bidding: Bidding
    events: tuple[BiddingEvent, ...] = ()
    bid: PlacedBid | None = None
    retracted: frozenset[int] = frozenset()
    """Sequence numbers of the bids that no longer count."""
    offer: Offer | None = None
    """The offer that was made, or as it is after its answer."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why nothing changed; `minimum` is the least that would have done, `price` the only one."""

    reason: Reason
    minimum: int | None = None
    price: int | None = None


Decision = Accepted | Refused


def changes(
    before: Bidding, after: Bidding, *, outbid: str | None = None
) -> tuple[BiddingEvent, ...]:
    """What the public sees change between two states, in the order of the worked cases."""
    happened = (
        (before.leader != after.leader, Kind.LEAD_CHANGED, None),
        (before.price != after.price, Kind.PRICE_CHANGED, None),
        (outbid is not None, Kind.OUTBID, outbid),
        (after.reserve_met and not before.reserve_met, Kind.RESERVE_MET, None),
        (before.reserve_met and not after.reserve_met, Kind.RESERVE_UNMET, None),
        (before.buy_now_available and not after.buy_now_available, Kind.BUY_NOW_REMOVED, None),
        (before.ends_at_ms != after.ends_at_ms, Kind.EXTENDED, None),
    )
    return tuple(BiddingEvent(kind, about) for did, kind, about in happened if did)
