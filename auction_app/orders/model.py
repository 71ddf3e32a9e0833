"""What becomes of a sale: an order, and the steps that its two sides take."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from service_kit.money import Money

from auction_app.listings.model import Auction

Side = Literal["buyer", "seller", "house"]


class OrderStatus(StrEnum):
    """How far an order is."""

    AGREED = "agreed"
    PAID = "paid"
    SHIPPED = "shipped"
    RECEIVED = "received"
    CANCELLED = "cancelled"


_NEXT: dict[tuple[OrderStatus, Side], tuple[OrderStatus, ...]] = {
    (OrderStatus.AGREED, "buyer"): (OrderStatus.PAID,),
    (OrderStatus.AGREED, "seller"): (OrderStatus.PAID,),
    (OrderStatus.PAID, "seller"): (OrderStatus.SHIPPED,),
    (OrderStatus.SHIPPED, "buyer"): (OrderStatus.RECEIVED,),
}
UNPAID_YET = frozenset({OrderStatus.AGREED})
"""The buyer has to pay, or to say that they have."""


def next_steps(
    status: OrderStatus, side: Side, *, by_hand: bool = True, on_hold: bool = False
) -> tuple[OrderStatus, ...]:
    """What a side may set an order to by itself; that it is paid only `by_hand`, where no provider
    says so, and not while it is `on_hold`.

    | from    | the buyer | the seller |
    |---------|-----------|------------|
    | agreed  | paid      | paid       |
    | paid    |           | shipped    |
    | shipped | received  |            |

    Nothing follows received and cancelled. Cancelling takes both sides (`may_request`).
    """
    steps = _NEXT.get((status, side), ())
    may_be_paid = by_hand and not on_hold
    return tuple(step for step in steps if may_be_paid or step is not OrderStatus.PAID)


RequestKind = Literal["cancel"]
REQUESTS: tuple[RequestKind, ...] = ("cancel",)
Answer = Literal["accept", "decline"]
ANSWERS: tuple[Answer, ...] = ("accept", "decline")

_WHILE: dict[RequestKind, frozenset[OrderStatus]] = {
    "cancel": frozenset({OrderStatus.AGREED, OrderStatus.PAID}),
}


@dataclass(frozen=True, kw_only=True)
class Request:
    """What one side of an order asks of the other, and why; `answer` is None until it has one."""

    order_id: str
    kind: RequestKind
    by: Side
    reason: str
    at_ms: int
    answer: Answer | None = None
    answered_at_ms: int | None = None


def may_request(kind: RequestKind, order: "Order", side: Side) -> bool:
    """Whether a side may ask the other for something: once, and not while that asks the same.

    | to     | who asks | while        | what follows when the other accepts           |
    |--------|----------|--------------|-----------------------------------------------|
    | cancel | either   | agreed, paid | cancelled, and what the provider took is paid back |
    """
    alike = [one for one in order.requests if one.kind == kind]
    is_asked = any(one.by == side or one.answer is None for one in alike)
    return order.status in _WHILE[kind] and side != "house" and not is_asked


def waits(request: Request, order: "Order") -> bool:
    """Whether a request still wants an answer: an order that has gone on meanwhile is past it."""
    return request.answer is None and order.status in _WHILE[request.kind]


def may_give_feedback(status: OrderStatus) -> bool:
    """Whether there is something to say about each other: only once it is over."""
    return status in {OrderStatus.RECEIVED, OrderStatus.CANCELLED}


@dataclass(frozen=True, kw_only=True)
class Step:
    """An order was set to `status` by one of its sides, or made by the house."""

    status: OrderStatus
    at_ms: int
    by: Side


@dataclass(frozen=True, kw_only=True)
class Order:
    """A sale between two customers. `title` is the item's; `postage` comes on top of the price,
    None where it was not named; `offer_url` is the second chance that it came of. It is
    `on_hold` while the house keeps its item from sight: then nobody has to pay."""

    id: str
    auction_id: str
    title: str
    seller_id: str
    seller_name: str
    buyer_id: str
    buyer_name: str
    price: Money
    status: OrderStatus
    steps: tuple[Step, ...]
    requests: tuple[Request, ...] = ()
    postage: Money | None = None
    offer_url: str | None = None
    on_hold: bool = False

    @property
    def total(self) -> Money | None:
        """What the buyer pays; None where the two have to agree on the postage first."""
        if self.postage is None:
            return None
        return Money(self.price.amount_minor + self.postage.amount_minor, self.price.currency)

    @classmethod
    def agreed(cls, id: str, auction: Auction, buyer_id: str, price: Money) -> "Order":
        """What a sale begins with."""
        return cls(
            id=id,
            auction_id=auction.id,
            title=auction.title,
            seller_id=auction.seller_id,
            seller_name=auction.seller_name,
            buyer_id=buyer_id,
            buyer_name="",
            price=price,
            status=OrderStatus.AGREED,
            steps=(),
            postage=auction.postage,
        )

    def side_of(self, customer_id: str) -> Side | None:
        """Which side a customer is; None for a stranger."""
        if customer_id == self.seller_id:
            return "seller"
        return "buyer" if customer_id == self.buyer_id else None

    def other_than(self, customer_id: str) -> str:
        """The other side's id."""
        return self.buyer_id if customer_id == self.seller_id else self.seller_id


RATINGS = ("good", "neutral", "bad")


@dataclass(frozen=True, kw_only=True)
class Feedback:
    """What one side of an order says about the other."""

    order_id: str
    author_id: str
    author_name: str
    about_id: str
    rating: str
    text: str
    at_ms: int
