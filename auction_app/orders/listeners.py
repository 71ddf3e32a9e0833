"""What follows in the same commit when something happens to an order."""

from dataclasses import dataclass

from auction_app.db.unit_of_work import UnitOfWork
from auction_app.listings.outcomes import ListingHidden, ListingShown
from auction_app.notifications.notify import notify
from auction_app.orders.model import DAY_MS, GIVEN_BACK, Order, may_set_address
from auction_app.orders.outcomes import (
    MessageWritten,
    OrderAdvanced,
    OrderMade,
    RequestAnswered,
    RequestMade,
)
from auction_app.orders.repository import addresses, orders
from auction_app.payments import repository as payments
from auction_app.payments.move_payment import close_checkouts, give_back


@dataclass(frozen=True)
class DueDates:
    """An order is to be paid within so many days: of its sale, and of the day on which the house
    puts its item back."""

    days: int

    def begin(self, act: UnitOfWork, made: OrderMade) -> None:
        """Of a new order."""
        self._set(act, made.order.id)

    def begin_again(self, act: UnitOfWork, shown: ListingShown) -> None:
        """Of what nobody could pay for meanwhile."""
        for order in orders.unpaid_of_item(act.conn, shown.auction_id):
            self._set(act, order.id)

    def _set(self, act: UnitOfWork, order_id: str) -> None:
        due_at_ms = act.now_ms + self.days * DAY_MS
        orders.set_due(act.conn, order_id, at_ms=due_at_ms, look_at_ms=act.now_ms)


def use_kept_address(act: UnitOfWork, made: OrderMade) -> None:
    """It is sent where the buyer's last one was, unless they say otherwise."""
    address = addresses.kept_by(act.conn, made.order.buyer_id)
    if address is not None and may_set_address(made.order):
        addresses.set_of_order(act.conn, made.order.id, address)


def announce_made(act: UnitOfWork, made: OrderMade) -> None:
    """Tell the world of a new order."""
    act.announce("orders", "create", act.urls.order(made.order.id))


def announce_advanced(act: UnitOfWork, advanced: OrderAdvanced) -> None:
    """Tell the world that an order changed."""
    act.announce("orders", "update", act.urls.order(advanced.order.id))


def notify_both_sides(act: UnitOfWork, made: OrderMade) -> None:
    """Seller and buyer find it among their news."""
    order = made.order
    news = {"about": made.sold_by, "auction_id": order.auction_id, "path": f"/orders/{order.id}"}
    notify(act, order.seller_id, "sold", **news, at_ms=made.at_ms)
    notify(act, order.buyer_id, "won" if made.won else "bought", **news, at_ms=made.at_ms)


def notify_other_side(act: UnitOfWork, advanced: OrderAdvanced) -> None:
    """Whoever did not take the step finds it among their news; both, when the house did."""
    order = advanced.order
    for customer_id in (order.buyer_id, order.seller_id):
        if customer_id != advanced.by_id:
            _notify(act, order, customer_id, advanced.status)


def give_money_back(act: UnitOfWork, advanced: OrderAdvanced) -> None:
    """What was paid for an order goes back when it is cancelled, or the item has come back, and
    nobody can pay for it any more."""
    if advanced.status in GIVEN_BACK:
        _end_payment(act, advanced.order)


def hold_unpaid(act: UnitOfWork, hidden: ListingHidden) -> None:
    """Nobody has to pay, or can, for what the house has taken off; the buyer is told."""
    for order in orders.unpaid_of_item(act.conn, hidden.auction_id):
        _end_payment(act, order)
        _notify(act, order, order.buyer_id, "on-hold")
        act.announce("orders", "update", act.urls.order(order.id))


def tell_of_request(act: UnitOfWork, made: RequestMade) -> None:
    """The other side finds the request among its news; tell the world."""
    order, request = made.order, made.request
    told = order.seller_id if request.by == "buyer" else order.buyer_id
    _notify(act, order, told, f"{request.kind}-asked")
    act.announce("orders", "update", act.urls.order(order.id))


def tell_of_answer(act: UnitOfWork, answered: RequestAnswered) -> None:
    """Whoever asked finds the answer among their news; that both cancel is told as a step."""
    order, request = answered.order, answered.request
    if (request.kind, answered.answer) != ("cancel", "accept"):
        asker = order.buyer_id if request.by == "buyer" else order.seller_id
        _notify(act, order, asker, f"{request.kind}-{answered.answer}")
        act.announce("orders", "update", act.urls.order(order.id))


def tell_of_message(act: UnitOfWork, written: MessageWritten) -> None:
    """The other side finds the message among its news; tell the world."""
    order, message = written.order, written.message
    url = act.urls.message(message.id)
    notify(
        act,
        order.other_than(message.author_id),
        "message",
        about=url,
        auction_id=order.auction_id,
        path=f"/orders/{order.id}",
    )
    act.announce("messages", "create", url)


def _end_payment(act: UnitOfWork, order: Order) -> None:
    payment = payments.of_order(act.conn, act.urls.order(order.id))
    if payment is not None:
        close_checkouts(act, payment)
        give_back(act, payment)


def _notify(act: UnitOfWork, order: Order, customer_id: str, what: str) -> None:
    notify(
        act,
        customer_id,
        "order",
        about=f"{act.urls.order(order.id)}#{what}",
        auction_id=order.auction_id,
        path=f"/orders/{order.id}",
    )
