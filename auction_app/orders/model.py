"""What becomes of a sale: an order, and the steps that its two sides take."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from service_kit.money import Money

from auction_app.listings.model import Auction
from auction_app.listings.terms import COLLECTION

Side = Literal["buyer", "seller", "house"]
Because = Literal["seller-closed", "buyer-closed"]
"""Why the house cancels: whose account is closed."""


class OrderStatus(StrEnum):
    """How far an order is."""

    AGREED = "agreed"
    UNPAID = "unpaid"
    PAID = "paid"
    SHIPPED = "shipped"
    RECEIVED = "received"
    SENT_BACK = "sent_back"
    RETURNED = "returned"
    CANCELLED = "cancelled"


_NEXT: dict[tuple[OrderStatus, Side], tuple[OrderStatus, ...]] = {
    (OrderStatus.AGREED, "buyer"): (OrderStatus.PAID,),
    (OrderStatus.AGREED, "seller"): (OrderStatus.PAID,),
    (OrderStatus.UNPAID, "buyer"): (OrderStatus.PAID,),
    (OrderStatus.UNPAID, "seller"): (OrderStatus.PAID, OrderStatus.CANCELLED),
    (OrderStatus.PAID, "seller"): (OrderStatus.SHIPPED,),
    (OrderStatus.SHIPPED, "buyer"): (OrderStatus.RECEIVED,),
    (OrderStatus.RECEIVED, "buyer"): (OrderStatus.SENT_BACK,),
    (OrderStatus.SENT_BACK, "seller"): (OrderStatus.RETURNED,),
}
UNPAID_YET = frozenset({OrderStatus.AGREED, OrderStatus.UNPAID})
"""The buyer has to pay, or to say that they have."""


def next_steps(order: "Order", side: Side, *, by_hand: bool = True) -> tuple[OrderStatus, ...]:
    """What a side may set an order to by itself; that it is paid only `by_hand`, where no provider
    says so, and not while it is on hold.

    | from      | the buyer                          | the seller      |
    |-----------|------------------------------------|-----------------|
    | agreed    | paid                               | paid            |
    | unpaid    | paid                               | paid, cancelled |
    | paid      |                                    | shipped         |
    | shipped   | received                           |                 |
    | received  | sent_back, if the seller agreed    |                 |
    | sent_back |                                    | returned        |

    The house sets to unpaid what was not paid in time. Nothing follows returned and cancelled.
    Cancelling takes both sides (`may_request`), but for the seller of what is unpaid.
    """
    steps = _NEXT.get((order.status, side), ())
    barred = set()
    if not by_hand or order.on_hold:
        barred.add(OrderStatus.PAID)
    if not any(it.kind == "return" and it.answer == "accept" for it in order.requests):
        barred.add(OrderStatus.SENT_BACK)
    return tuple(step for step in steps if step not in barred)


RequestKind = Literal["cancel", "return"]
REQUESTS: tuple[RequestKind, ...] = ("cancel", "return")
Answer = Literal["accept", "decline"]
ANSWERS: tuple[Answer, ...] = ("accept", "decline")

_WHILE: dict[RequestKind, frozenset[OrderStatus]] = {
    "cancel": frozenset({OrderStatus.AGREED, OrderStatus.UNPAID, OrderStatus.PAID}),
    "return": frozenset({OrderStatus.RECEIVED}),
}


@dataclass(frozen=True, kw_only=True)
class Request:
    """What one side of an order asks of the other, and why; `answer` is None until it has one,
    `note` what was said with it."""

    order_id: str
    kind: RequestKind
    by: Side
    reason: str
    at_ms: int
    answer: Answer | None = None
    note: str | None = None
    answered_at_ms: int | None = None


def may_request(kind: RequestKind, order: "Order", side: Side) -> bool:
    """Whether a side may ask the other for something: once, and not while that asks the same.

    | to     | who asks | while                | what follows when the other accepts |
    |--------|----------|----------------------|-------------------------------------|
    | cancel | either   | agreed, unpaid, paid | cancelled, and refunded             |
    | return | buyer    | received             | the buyer may send it back          |
    """
    alike = [one for one in order.requests if one.kind == kind]
    is_asked = any(one.by == side or one.answer is None for one in alike)
    if kind == "cancel" and OrderStatus.CANCELLED in next_steps(order, side):
        return False  # nobody has to be asked
    if kind == "return" and side != "buyer":
        return False
    return order.status in _WHILE[kind] and side != "house" and not is_asked


def waits(request: Request, order: "Order") -> bool:
    """Whether a request still wants an answer: an order that has gone on meanwhile is past it."""
    return request.answer is None and order.status in _WHILE[request.kind]


def may_give_feedback(status: OrderStatus) -> bool:
    """Whether there is something to say about each other: only once it is over."""
    return status in {OrderStatus.RECEIVED, OrderStatus.RETURNED, OrderStatus.CANCELLED}


@dataclass(frozen=True, kw_only=True)
class Step:
    """An order was set to `status` by one of its sides, or by the house, which may say why."""

    status: OrderStatus
    at_ms: int
    by: Side
    because: Because | None = None


GIVEN_BACK = frozenset({OrderStatus.CANCELLED, OrderStatus.RETURNED})
"""What was paid goes back to the buyer."""


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """By whom, and under which number, something was sent; either may be empty."""

    carrier: str
    number: str


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where something is sent; `country` is an ISO 3166 code of two letters."""

    name: str
    street: str
    postal_code: str
    city: str
    country: str


def may_set_address(order: "Order") -> bool:
    """Whether the buyer may say where it is to be sent: until it is paid, and later only where the
    seller doesn't know it yet, who may have written it on a parcel."""
    is_open = order.status in UNPAID_YET
    is_missing = order.status is OrderStatus.PAID and order.address is None
    return not order.is_collected and (is_open or is_missing)


def may_name_postage(order: "Order") -> bool:
    """Whether the seller may say what the delivery costs: once, where the listing does not."""
    return order.postage is None and order.status in UNPAID_YET


ReminderKind = Literal["due-soon", "overdue"]
DAY_MS = 24 * 3_600_000
_SOON_MS = 2 * DAY_MS


def due_now(
    made_at_ms: int, due_at_ms: int, now_ms: int, *, unpaid_after_ms: int
) -> tuple[ReminderKind | Literal["unpaid"] | None, int | None]:
    """What is to be done now about an order that was made then and is to be paid until then: remind
    its buyer, or take it for unpaid; and when to look next. `unpaid_after_ms` counts from the due
    date.

    | now                                     | what     | next                  |
    |-----------------------------------------|----------|-----------------------|
    | earlier                                 |          | two days before due   |
    | two days (at most half of the time) before due | due-soon | when due       |
    | due                                     | overdue  | `unpaid_after_ms` later |
    | `unpaid_after_ms` after due             | unpaid   |                       |
    """
    soon_at_ms = due_at_ms - min(_SOON_MS, (due_at_ms - made_at_ms) // 2)
    over_at_ms = due_at_ms + unpaid_after_ms
    if now_ms < soon_at_ms:
        return None, soon_at_ms
    if now_ms < due_at_ms:
        return "due-soon", due_at_ms
    return ("overdue", over_at_ms) if now_ms < over_at_ms else ("unpaid", None)


@dataclass(frozen=True, kw_only=True)
class Order:
    """A sale between two customers. `title` is the item's; `postage` comes on top of the price,
    None where it was not named, and `is_named_later` where its seller has done that since;
    `offer_url` is the second chance that it came of. It is `on_hold` while the house keeps its
    item from sight: then nobody has to pay. `due_at_ms` is until when its buyer is to pay, None
    for what was sold before there was such a date."""

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
    is_named_later: bool = False
    is_collected: bool = False
    address: Address | None = None
    parcel: Parcel | None = None
    parcel_back: Parcel | None = None
    due_at_ms: int | None = None
    reminded: tuple[ReminderKind, ...] = ()

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
            is_collected=auction.details.delivery == COLLECTION,
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
