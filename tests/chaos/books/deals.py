"""What becomes of an item, press by press: who presses what, when it is done, who is mailed."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import requests

from auction_app.orders.model import OrderStatus
from auction_app.payments.model import PaymentStatus
from tests.chaos.books.customer import PATIENCE_S, Customer
from tests.chaos.books.market import Market, Offered
from tests.waiting import wait_for

Side = Literal["buyer", "seller"]
Letter = tuple[Side, str]
"""To which side of a sale, and its subject but for the item."""
Mail = tuple[str, str]
"""To which address, and its subject."""
ADDRESS = {"name": "A. Buyer", "street": "12 Mill Lane", "city": "Leeds", "country": "GB"}
_AGAIN_S = 2.0
_WHILE_OTHERS_DIE_S = 600
_MAXIMUM = "800000.00"
_BEFORE_THE_HAMMER_MS = 2000


@dataclass
class Deal:
    """One item, and who trades it; `taken` steps of its story are done."""

    item: Offered
    story: "Story"
    buyer: Customer
    seller: Customer
    market: Market
    button: Callable[[], str]
    came: Callable[[], Iterable[Mail]]
    taken: int = 0
    in_hand: "Arrow | None" = None

    @property
    def next(self) -> "Arrow":
        """What comes now."""
        return self.story.arrows[self.taken]

    @property
    def is_over(self) -> bool:
        return self.taken == len(self.story.arrows)

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing becomes of it unless somebody presses: an auction ends by itself."""
        return self.next not in (LIST, BID, HAMMER)

    def press_until_done(self) -> None:
        """Press until it shows: again at once where nobody answered, else after a while."""
        arrow, again_at, what = (
            self.next,
            time.monotonic(),
            f"{self.next.name} of {self.item.title}",
        )
        wait_for(lambda: arrow.is_due(self), seconds=_WHILE_OTHERS_DIE_S, what=f"{what} is due")
        self.in_hand = arrow

        def is_done() -> bool:
            nonlocal again_at
            if arrow.done(self):
                return True
            if time.monotonic() >= again_at:
                is_answered = arrow.press(self) is not None
                again_at = time.monotonic() + (_AGAIN_S if is_answered else 0)
            return False

        wait_for(is_done, seconds=_WHILE_OTHERS_DIE_S, what=what)
        self.in_hand = None
        self.taken += 1
        if arrow is BID and self.market.ended_without_a_bid(self.item):
            self.story = TOO_LATE

    def mails(self) -> list[Mail]:
        """To whom, and with which subject, of all that was done."""
        return [it for arrow in self._taken for it in self._mails(arrow.mails)]

    def spared(self) -> list[Mail]:
        """Those of them that may be missing, as what was done meanwhile has made them pointless."""
        return [it for arrow in self._taken for it in self._mails(arrow.spares)]

    def has_come(self, mails: Sequence[Letter]) -> bool:
        """Whether these are there."""
        return set(self._mails(mails)) <= set(self.came())

    @property
    def _taken(self) -> "Sequence[Arrow]":
        return self.story.arrows[: self.taken]

    def _mails(self, letters: Sequence[Letter]) -> list[Mail]:
        return [(self._address(side), words.format(self.item.title)) for side, words in letters]

    def is_at(self, status: OrderStatus) -> bool:
        order = self.market.order_of(self.item, self.buyer.name)
        return order is not None and order.status is status

    def is_refunded(self) -> bool:
        payment = self.market.payment_of(self.item, self.buyer.name)
        return payment is not None and payment.status is PaymentStatus.REFUNDED

    def order_page(self) -> str:
        order = self.market.order_of(self.item, self.buyer.name)
        assert order is not None
        return f"/orders/{order.id}"

    def _address(self, side: Side) -> str:
        return (self.buyer if side == "buyer" else self.seller).address


@dataclass(frozen=True)
class Arrow:
    """A step between two states of a sale: once it `is_due` somebody presses `press` until it is
    `done`; these are mailed. What it `spares` is mailed only if the mailer looked before."""

    name: str
    press: Callable[[Deal], object]
    done: Callable[[Deal], bool]
    mails: Sequence[Letter] = ()
    spares: Sequence[Letter] = ()
    is_due: Callable[[Deal], bool] = lambda _deal: True


@dataclass(frozen=True)
class Story:
    """The arrows of a sale in order; of an item that `ends_in_s`, or is bought at once."""

    arrows: Sequence[Arrow]
    ends_in_s: int | None = None


def _pay(deal: Deal) -> requests.Response | None:
    page = deal.order_page()
    answer = deal.buyer.presses(page, f"{page}/pay")
    if answer is None or answer.status_code != 303:
        return answer
    try:
        return requests.post(
            answer.headers["Location"],
            {"button": deal.button()},
            timeout=PATIENCE_S,
            allow_redirects=False,
        )
    except requests.RequestException:
        return None


def _step(side: Side, status: str, **more: str) -> Callable[[Deal], object]:
    def press(deal: Deal) -> object:
        who = deal.buyer if side == "buyer" else deal.seller
        return who.presses(deal.order_page(), f"{deal.order_page()}/steps", status=status, **more)

    return press


def _ask(kind: str) -> Callable[[Deal], object]:
    def press(deal: Deal) -> object:
        page = deal.order_page()
        return deal.buyer.presses(page, f"{page}/requests", kind=kind, reason="Wrong lamp")

    return press


def _accept(kind: str) -> Callable[[Deal], object]:
    def press(deal: Deal) -> object:
        page = deal.order_page()
        return deal.seller.presses(page, f"{page}/answers", kind=kind, answer="accept")

    return press


def _bid(deal: Deal) -> object:
    page = f"/auctions/{deal.item.id}"
    review = deal.buyer.presses(page, f"{page}/bid/review", maximum=_MAXIMUM)
    return review and deal.buyer.presses_on(review, f"{page}/bid")


def _offer(deal: Deal) -> object:
    page = f"/auctions/{deal.item.id}/second-chances"
    return deal.seller.presses(page, bidder=deal.market.mask_of_bidder(deal.item))


def _is_asked(kind: str) -> Callable[[Deal], bool]:
    return lambda it: it.market.answer_of(it.item, it.buyer.name, kind) is not None


def _nothing(_deal: Deal) -> None:
    """What others do by themselves."""


LIST = Arrow("list", _nothing, lambda it: it.market.is_open(it.item))
BUY = Arrow(
    "buy",
    lambda it: it.buyer.presses(f"/auctions/{it.item.id}/buy-now"),
    lambda it: it.is_at(OrderStatus.AGREED),
    [("buyer", "You bought {}"), ("seller", "Sold: {}")],
)
BID = Arrow(
    "bid",
    _bid,
    lambda it: it.market.has_bid(it.item) or it.market.ended_without_a_bid(it.item),
    [("seller", "New bid on {}")],
)
HAMMER = Arrow(
    "hammer",
    _nothing,
    lambda it: it.market.is_closed(it.item),
    [("seller", "Not sold: {}"), ("buyer", "Not won: {}")],
    is_due=lambda it: it.market.ends_within(it.item, ms=_BEFORE_THE_HAMMER_MS),
)
_CHANCE: Sequence[Letter] = [("buyer", "A second chance for {}")]
OFFER = Arrow("offer", _offer, lambda it: it.market.offer_of(it.item) is not None, _CHANCE)
ACCEPT = Arrow(
    "accept",
    lambda it: it.buyer.presses(f"/second-chances/{it.market.offer_of(it.item)}", answer="accept"),
    lambda it: it.is_at(OrderStatus.AGREED),
    [("buyer", "Your order: {}"), ("seller", "Your order: {}")],
    spares=_CHANCE,
)
"""At once, as the site shows it: nobody is mailed of a chance that can no longer be taken."""
ACCEPT_BY_MAIL = replace(ACCEPT, spares=(), is_due=lambda it: it.has_come(_CHANCE))
SEND_TO = Arrow(
    "address",
    lambda it: it.buyer.presses(it.order_page(), f"{it.order_page()}/address", **ADDRESS),
    lambda it: it.market.has_address(it.item, it.buyer.name),
)
PAY = Arrow(
    "pay",
    _pay,
    lambda it: it.is_at(OrderStatus.PAID),
    [("buyer", "Payment received: {}"), ("seller", "Paid: {}")],
)
SHIP = Arrow(
    "ship",
    _step("seller", "shipped", carrier="Post", number="RR 1"),
    lambda it: it.is_at(OrderStatus.SHIPPED),
    [("buyer", "Shipped: {}")],
)
RECEIVE = Arrow(
    "receive",
    _step("buyer", "received"),
    lambda it: it.is_at(OrderStatus.RECEIVED),
    [("seller", "Received: {}")],
)
ASK_CANCEL = Arrow(
    "ask to cancel",
    _ask("cancel"),
    _is_asked("cancel"),
    [("seller", "Please answer: cancel the order of {}?")],
)
CANCEL = Arrow(
    "cancel, refund",
    _accept("cancel"),
    Deal.is_refunded,
    [("buyer", "Cancelled and refunded: {}")],
)
ASK_RETURN = Arrow(
    "ask to return",
    _ask("return"),
    _is_asked("return"),
    [("seller", "Please answer: may {} be returned?")],
)
ACCEPT_RETURN = Arrow(
    "agree to it",
    _accept("return"),
    lambda it: it.market.answer_of(it.item, it.buyer.name, "return") == "accept",
    [("buyer", "Please send it back: {}")],
)
SEND_BACK = Arrow(
    "send back",
    _step("buyer", "sent_back", carrier="Post", number="RR 2"),
    lambda it: it.is_at(OrderStatus.SENT_BACK),
    [("seller", "Sent back: {}")],
)
RETURN = Arrow(
    "back, refund",
    _step("seller", "returned"),
    Deal.is_refunded,
    [("buyer", "Returned and refunded: {}")],
)

TOO_LATE = Story((LIST, Arrow("bid", _nothing, lambda _it: True, [("seller", "Not sold: {}")])))
"""The end has come while nobody got through to bid."""
BOUGHT = (LIST, BUY, SEND_TO, PAY)
_OFFERED = (LIST, BID, HAMMER, OFFER)
_ENDS_IN_S = 30
STORIES = (
    Story((*BOUGHT, ASK_CANCEL, CANCEL)),
    Story((*BOUGHT, SHIP, RECEIVE, ASK_RETURN, ACCEPT_RETURN, SEND_BACK, RETURN)),
    Story((*_OFFERED, ACCEPT, SEND_TO, PAY, SHIP, RECEIVE), _ENDS_IN_S),
    Story((*_OFFERED, ACCEPT_BY_MAIL, SEND_TO, PAY, SHIP, RECEIVE), _ENDS_IN_S),
)
