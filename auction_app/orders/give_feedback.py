"""Say how an order went."""

from auction_app.accounts.model import Customer
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import NotFound, NotPossible
from auction_app.orders.forms import FeedbackForm
from auction_app.orders.model import Feedback, may_give_feedback
from auction_app.orders.repository import feedback, orders


def give_feedback(act: UnitOfWork, order_id: str, author: Customer, form: FeedbackForm) -> None:
    """Store what one side says about the other, once, when the order is over; sent twice, it is
    said once.

    Raises NotFound (also to strangers), NotPossible (too early, or said before).
    """
    order = orders.locked(act.conn, order_id)
    if order is None or order.side_of(author.id) is None:
        raise NotFound("no such order")
    given = Feedback(
        order_id=order.id,
        author_id=author.id,
        author_name=author.name,
        about_id=order.other_than(author.id),
        rating=form.rating,
        text=form.text,
        at_ms=act.now_ms,
    )
    said = feedback.on_order(act.conn, order.id)
    before = [(it.rating, it.text) for it in said if it.author_id == author.id]
    if before == [(form.rating, form.text)]:
        return
    if before or not may_give_feedback(order.status):
        raise NotPossible("feedback")
    feedback.add(act.conn, given)
