"""Remind the buyers of what is to be paid, and take for unpaid what was not paid in time."""

from auction_app.db.unit_of_work import UnitOfWork
from auction_app.notifications.notify import notify
from auction_app.orders.model import Order, OrderStatus, due_now
from auction_app.orders.outcomes import OrderAdvanced
from auction_app.orders.repository import orders, reminders

BATCH = 200


def remind_buyers(act: UnitOfWork, *, unpaid_after_ms: int) -> int:
    """Do what is due, once each; returns how many orders were looked at. May be repeated and
    killed. An order that the house holds waits."""
    found = orders.to_remind(act.conn, now_ms=act.now_ms, limit=BATCH)
    for order, made_at_ms in found:
        due_at_ms = order.due_at_ms or act.now_ms
        what, next_at_ms = due_now(
            made_at_ms, due_at_ms, act.now_ms, unpaid_after_ms=unpaid_after_ms
        )
        orders.remind_next(act.conn, order.id, at_ms=next_at_ms)
        if what == "unpaid":
            _give_up(act, order.id)
        elif what is not None and reminders.add(act.conn, order.id, what, now_ms=act.now_ms):
            _tell(act, order, what)
    return len(found)


def _give_up(act: UnitOfWork, order_id: str) -> None:
    order = orders.locked(act.conn, order_id)
    if order is None or order.status is not OrderStatus.AGREED:
        return  # paid in this very moment
    with act.performing(OrderAdvanced(order, OrderStatus.UNPAID, by_id=None)):
        orders.set_status(act.conn, order, OrderStatus.UNPAID, by="house", now_ms=act.now_ms)


def _tell(act: UnitOfWork, order: Order, what: str) -> None:
    url = act.urls.order(order.id)
    notify(
        act,
        order.buyer_id,
        "order",
        about=f"{url}#{what}",
        auction_id=order.auction_id,
        path=f"/orders/{order.id}",
    )
    act.announce("orders", "update", url)
