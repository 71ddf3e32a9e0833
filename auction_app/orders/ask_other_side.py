"""Ask the other side of an order for something, and answer."""

from auction_app.accounts.model import Customer
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import NotFound, NotPossible
from auction_app.orders.forms import RequestAnswerForm, RequestForm
from auction_app.orders.model import Order, OrderStatus, Request, Side, may_request, waits
from auction_app.orders.outcomes import OrderAdvanced, RequestAnswered, RequestMade
from auction_app.orders.repository import orders, requests


def make_request(act: UnitOfWork, order_id: str, customer: Customer, form: RequestForm) -> None:
    """Ask; sent twice, it is asked once.

    Raises NotFound (also to strangers), NotPossible.
    """
    order, side = _of(act, order_id, customer)
    request = Request(
        order_id=order.id, kind=form.kind, by=side, reason=form.reason, at_ms=act.now_ms
    )
    before = [(it.kind, it.by, it.reason) for it in order.requests]
    if (request.kind, request.by, request.reason) in before:
        return
    if not may_request(form.kind, order, side):
        raise NotPossible("request")
    with act.performing(RequestMade(order, request)):
        requests.add(act.conn, request)


def answer_request(
    act: UnitOfWork, order_id: str, customer: Customer, form: RequestAnswerForm
) -> None:
    """Accept or decline what the other side asks; sent twice, it is answered once.

    Raises NotFound (also to strangers), NotPossible.
    """
    order, side = _of(act, order_id, customer)
    of_the_other = (it for it in order.requests if it.kind == form.kind and it.by != side)
    request = next(of_the_other, None)
    if request is None:
        raise NotPossible("answer")
    if request.answer == form.answer:
        return
    if not waits(request, order):
        raise NotPossible("answer")
    with act.performing(RequestAnswered(order, request, form.answer)):
        requests.answer(act.conn, request, form.answer, form.note, now_ms=act.now_ms)
    if form.kind == "cancel" and form.answer == "accept":
        _cancel(act, order, customer, side)


def _cancel(act: UnitOfWork, order: Order, customer: Customer, side: Side) -> None:
    with act.performing(OrderAdvanced(order, OrderStatus.CANCELLED, by_id=customer.id)):
        orders.set_status(act.conn, order, OrderStatus.CANCELLED, by=side, now_ms=act.now_ms)


def _of(act: UnitOfWork, order_id: str, customer: Customer) -> tuple[Order, Side]:
    order = orders.locked(act.conn, order_id)
    side = order.side_of(customer.id) if order else None
    if order is None or side is None:
        raise NotFound("no such order")
    return order, side
