"""The nouns of the web app: who, what is sold, and what is known of its bidding."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, get_args

from service_kit.money import Money

from auction_app.accounts.model import Customer
from auction_app.errors import NotFound, Removed
from auction_app.listings.terms import Details, Terms

Relation = Literal["place-bid", "buy-now", "retract", "cancel", "offer"]
RELATIONS: tuple[Relation, ...] = get_args(Relation)
"""What bids_service has links for while it is possible."""


LARGE, THUMBNAIL = 1600, 480
"""The sizes of a photo: its longest side."""


@dataclass(frozen=True, kw_only=True)
class Photo:
    """A photo of a listing; the files are named after its id. `alt` says what is to be seen."""

    id: str
    alt: str
    width: int
    height: int

    @property
    def thumbnail_width(self) -> int:
        """Of the small file of it, whose longer side is THUMBNAIL at most."""
        return max(1, min(self.width, self.width * THUMBNAIL // max(self.width, self.height)))


@dataclass(frozen=True, kw_only=True)
class Bidding:
    """The last known state of an auction's bid book, as bids_service told it.

    `version` counts its changes; `minimum` is None once no bid is possible; `leader_id` is the
    leading customer here, None before the first bid; `possible` is what had a link.
    """

    url: str
    status: str
    outcome: str | None
    price: Money | None
    minimum: Money | None
    bid_count: int
    reserve: str
    ends_at_ms: int
    version: int
    leader_id: str | None
    possible: frozenset[str] = frozenset()

    @property
    def closed(self) -> bool:
        """Whether the outcome stands."""
        return self.status == "closed"


class Status(StrEnum):
    """Where an auction stands."""

    SCHEDULED = "scheduled"
    RUNNING = "running"
    ENDED = "ended"


class Standing(StrEnum):
    """Where a bidder stands in an auction."""

    WINNING = "winning"
    WINNING_BELOW_RESERVE = "winning_below_reserve"
    OUTBID = "outbid"
    PENDING = "pending"
    WON = "won"
    LOST = "lost"
    UNSOLD = "unsold"
    BOUGHT_AT_ONCE = "bought_at_once"
    BOUGHT = "bought"


@dataclass(frozen=True, kw_only=True)
class Auction:
    """A listing and the last known state of its bidding (None until bids_service has told)."""

    id: str
    seller_id: str
    seller_name: str
    title: str
    description: str
    terms: Terms
    created_at_ms: int
    photos: tuple[Photo, ...]
    bidding: Bidding | None
    hidden: bool = False
    details: Details = Details()

    @property
    def frozen(self) -> bool:
        """Whether the house has its bidding stand still: its end does not come."""
        return self.bidding is not None and self.bidding.status == "frozen"

    def stopped(self, now_ms: int) -> bool:
        """Whether nobody can bid for the house's own reasons, and no clock of it counts."""
        return (self.hidden or self.frozen) and self.status(now_ms) is not Status.ENDED

    @property
    def ends_at_ms(self) -> int:
        """When it ends as far as is known: the bidding's word, or the terms'."""
        return self.bidding.ends_at_ms if self.bidding else self.terms.ends_at_ms

    @property
    def price(self) -> Money | None:
        """The current price; None before the first bid."""
        return self.bidding.price if self.bidding else None

    @property
    def postage(self) -> Money | None:
        """What the buyer pays on top of the price; None where that isn't known yet."""
        return self.details.postage_cost(self.terms.currency)

    def total(self, price: Money) -> Money:
        """What somebody pays who gets it at this price, as far as it is known."""
        postage = self.postage
        return Money(price.amount_minor + (postage.amount_minor if postage else 0), price.currency)

    @property
    def bid_count(self) -> int:
        """Accepted bids so far."""
        return self.bidding.bid_count if self.bidding else 0

    def allows(self, relation: Relation, now_ms: int) -> bool:
        """Whether that is possible now, as far as is known: the bidding's own word, and before it
        has spoken what the terms promise.

        | | bidding known | not yet known, scheduled | not yet known, running |
        |---|---|---|---|
        | place-bid | had a link, time left | no | yes |
        | buy-now | had a link, time left | no | with a price for it |
        | cancel | had a link, time left | yes | yes |
        | retract | had a link, time left | no | no |
        | offer | had a link | no | no |
        """
        status = self.status(now_ms)
        if relation != "offer" and status is Status.ENDED:
            return False
        if self.bidding:
            return relation in self.bidding.possible
        running = status is Status.RUNNING
        promised = {
            "place-bid": running,
            "buy-now": running and self.terms.buy_now is not None,
            "cancel": True,
        }
        return promised.get(relation, False)

    @property
    def minimum(self) -> Money:
        """The least that a next bid may be: the bidding's word, or the start price before that."""
        known = self.bidding.minimum if self.bidding else None
        return known or self.price or self.terms.start_price

    def status(self, now_ms: int) -> Status:
        """scheduled, running or ended; ended as soon as the time is up, though it may take a
        moment until the outcome is known."""
        if (self.bidding and self.bidding.closed) or (
            now_ms >= self.ends_at_ms and not self.frozen
        ):
            return Status.ENDED
        return Status.RUNNING if now_ms >= self.terms.starts_at_ms else Status.SCHEDULED

    @property
    def extended(self) -> bool:
        """Whether a late bid has moved the end (soft close)."""
        return self.terms.soft_close is not None and self.ends_at_ms > self.terms.ends_at_ms

    @property
    def unsold(self) -> bool:
        """Whether it is known that nobody got it."""
        return self.bidding is not None and self.bidding.outcome == "unsold"

    @property
    def bought_at_once(self) -> bool:
        """Whether it was sold before its end: only buy-now does that (docs/bidding.md B10, B16,
        B17)."""
        known = self.bidding
        return (
            known is not None
            and known.outcome == "sold"
            and known.ends_at_ms < self.terms.ends_at_ms
        )

    def standing_of(self, customer_id: str, now_ms: int, *, bought: bool = False) -> Standing:
        """Where a customer who has bid here stands; `bought`: got it by a second chance.

        | | leads | doesn't |
        |---|---|---|
        | running | winning (or below the reserve) | outbid |
        | time is up, outcome unknown | pending | lost |
        | sold | won | lost |
        | sold before the end | bought_at_once | lost |
        | unsold | unsold | unsold |
        | and bought afterwards | bought | bought |
        """
        if bought:
            return Standing.BOUGHT
        leads = self.bidding is not None and self.bidding.leader_id == customer_id
        if self.status(now_ms) is not Status.ENDED:
            return self._standing_while_running(leads)
        if leads and self.bidding is not None and not self.bidding.closed:
            return Standing.PENDING
        if self.unsold:
            return Standing.UNSOLD
        if not leads:
            return Standing.LOST
        return Standing.BOUGHT_AT_ONCE if self.bought_at_once else Standing.WON

    def _standing_while_running(self, leads: bool) -> Standing:
        if not leads:
            return Standing.OUTBID
        below = self.bidding is not None and self.bidding.reserve == "not_met"
        return Standing.WINNING_BELOW_RESERVE if below else Standing.WINNING


@dataclass(frozen=True)
class PhotoSubject:
    """Of what a photo is: somebody's listing, which may be hidden, or draft."""

    seller_id: str
    is_hidden: bool
    is_draft: bool

    @property
    def is_public(self) -> bool:
        """Whether everybody may see it."""
        return not (self.is_hidden or self.is_draft)

    def check_shown(self, who: Customer | None) -> None:
        """Raises Removed for what is hidden, NotFound for what was never shown, to all but its
        seller; moderators see what is hidden."""
        if self.is_draft and not (who and who.id == self.seller_id):
            raise NotFound("somebody else's draft")
        _check_hidden(self.is_hidden, self.seller_id, who)


def unchanged_since_ms(auctions: Iterable[Auction], now_ms: int) -> int:
    """The last moment at which one of these began or ended: since then each is where it is now.

    Time by itself changes nothing else of them but how much of it is left.
    """
    moments = (at for it in auctions for at in (it.terms.starts_at_ms, it.ends_at_ms))
    return max((at for at in moments if at <= now_ms), default=0)


def check_shown(auction: Auction, who: Customer | None) -> None:
    """Raises Removed for an item that moderators have hidden, to all but them and its seller."""
    _check_hidden(auction.hidden, auction.seller_id, who)


def _check_hidden(is_hidden: bool, seller_id: str, who: Customer | None) -> None:
    if is_hidden and not (who and (who.moderator or who.id == seller_id)):
        raise Removed("hidden by a moderator")
