"""Listings that are being written, and their photos."""

from dataclasses import dataclass
from enum import StrEnum

from service_kit.money import Money

from auction_app.listings.model import Auction, Status

WAITING, READY, REFUSED = "waiting", "ready", "refused"


@dataclass(frozen=True, kw_only=True)
class DraftPhoto:
    """A photo of a draft: `state` is waiting, ready or refused, `reason` the word why.

    `name` is what the file was called; `alt` may still be empty.
    """

    id: str
    draft_id: str
    name: str
    alt: str
    state: str
    reason: str | None
    width: int | None
    height: int | None


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A listing as far as it is written: what was typed, unchecked."""

    id: str
    seller_id: str
    fields: dict[str, str]
    saved_at_ms: int
    photos: tuple[DraftPhoto, ...]


class SellerTask(StrEnum):
    """What a seller can do next about an item."""

    ANSWER = "answer"
    AWAIT_PAYMENT = "await_payment"
    GIVE_UP = "give_up"
    SHIP = "ship"
    RELIST = "relist"


class Total(StrEnum):
    """What a seller's orders are added up as."""

    SOLD = "sold"
    AWAITING_PAYMENT = "awaiting_payment"
    TO_SHIP = "to_ship"


@dataclass(frozen=True, kw_only=True)
class SalesTotal:
    """How many orders, and what for, without postage: a sum in each currency."""

    what: Total
    orders: int
    sums: tuple[Money, ...]


@dataclass(frozen=True, kw_only=True)
class Sale:
    """An auction of a seller's own, and what came of it: how many watch it, how many questions
    wait for an answer, and the latest order with its status."""

    auction: Auction
    watchers: int
    unanswered: int
    order_id: str | None = None
    order_status: str | None = None

    def task(self, now_ms: int) -> SellerTask | None:
        """What is to be done next, if anything.

        | running, asked | order placed  | not paid in time | paid | unsold, cancelled, returned |
        |----------------|---------------|------------------|------|-----------------------------|
        | answer         | await_payment | give_up          | ship | relist                      |
        """
        if self.unanswered and self.auction.status(now_ms) is not Status.ENDED:
            return SellerTask.ANSWER
        if self.order_status is None:
            return SellerTask.RELIST if self.auction.unsold else None
        after = {
            "agreed": SellerTask.AWAIT_PAYMENT,
            "unpaid": SellerTask.GIVE_UP,
            "paid": SellerTask.SHIP,
            "cancelled": SellerTask.RELIST,
            "returned": SellerTask.RELIST,
        }
        return after.get(self.order_status)
