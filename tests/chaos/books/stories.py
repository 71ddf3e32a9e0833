"""What becomes of items: who presses what, when it is done, who is mailed."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import requests

from auction_app.orders.model import OrderStatus
from tests.chaos.books.customer import PATIENCE_S
from tests.chaos.books.deals import Arrow, Deal, Letter, Side, Story

ADDRESS = {"name": "A. Buyer", "street": "12 Mill Lane", "city": "Leeds", "country": "GB"}
_MAXIMUM = "800000.00"
_BEFORE_THE_HAMMER_MS = 2000


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


TOO_LATE = Story(
    (
        Arrow("list", _nothing, lambda _it: True),
        Arrow("bid", _nothing, lambda _it: True, [("seller", "Not sold: {}")]),
    )
)
"""The end has come while nobody got through to bid."""
LIST = Arrow("list", _nothing, lambda it: it.market.is_open(it.item), leads_on=True)
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
    leads_on=True,
    turn=lambda it: TOO_LATE if it.market.ended_without_a_bid(it.item) else None,
)
HAMMER = Arrow(
    "hammer",
    _nothing,
    lambda it: it.market.is_closed(it.item),
    [("seller", "Not sold: {}"), ("buyer", "Not won: {}")],
    is_due=lambda it: it.market.ends_within(it.item, ms=_BEFORE_THE_HAMMER_MS),
    leads_on=True,
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

BOUGHT = (LIST, BUY, SEND_TO, PAY)
_OFFERED = (LIST, BID, HAMMER, OFFER)
_ENDS_IN_S = 30
STORIES = (
    Story((*BOUGHT, ASK_CANCEL, CANCEL)),
    Story((*BOUGHT, SHIP, RECEIVE, ASK_RETURN, ACCEPT_RETURN, SEND_BACK, RETURN)),
    Story((*_OFFERED, ACCEPT, SEND_TO, PAY, SHIP, RECEIVE), _ENDS_IN_S),
    Story((*_OFFERED, ACCEPT_BY_MAIL, SEND_TO, PAY, SHIP, RECEIVE), _ENDS_IN_S),
)
