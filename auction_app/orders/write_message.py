"""Write to the other side of an order."""

from auction_app.accounts.model import Customer
from auction_app.accounts.repository import customers
from auction_app.db.ids import new_id
from auction_app.db.rate_limits import MESSAGES, use_up
from auction_app.db.store import Store
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import NoSession, NotFound, NotPossible
from auction_app.orders.forms import MessageForm
from auction_app.orders.message import Message, may_write
from auction_app.orders.model import Order
from auction_app.orders.outcomes import MessageWritten
from auction_app.orders.repository import messages, orders

_TWICE_MS = 60_000


def write_message(store: Store, order_id: str, author: Customer, form: MessageForm) -> None:
    """Tell the other side something. Sent twice, it is one message: what that side wrote last, in
    the same words, within a minute.

    Raises NotFound (also to strangers), TooManyAttempts, NotPossible, NoSession for an account
    that was closed meanwhile.
    """
    use_up(store, MESSAGES, author.id)
    with store.begin() as act:
        # The account before the order, as whoever closes it does.
        customers.hold(act.conn, author.id)
        if customers.gone(act.conn, [author.id]):
            raise NoSession("the account is closed")
        order = orders.locked(act.conn, order_id)
        if order is None or order.side_of(author.id) is None:
            raise NotFound("no such order")
        said = messages.last_of(act.conn, order.id, author.id)
        if said and said.text == form.message and act.now_ms < said.at_ms + _TWICE_MS:
            return
        _write(act, order, author, form)


def _write(act: UnitOfWork, order: Order, author: Customer, form: MessageForm) -> None:
    reader = customers.by_id(act.conn, order.other_than(author.id))
    if reader.deleted_at_ms is not None or not may_write(order, act.now_ms):
        raise NotPossible("message")
    before = messages.latest_on(act.conn, order.id, limit=1)
    message = Message(
        id=new_id(),
        order_id=order.id,
        author_id=author.id,
        author_name=author.name,
        text=form.message,
        at_ms=max([act.now_ms, *(it.at_ms + 1 for it in before)]),
    )
    with act.performing(MessageWritten(order, message)):
        messages.add(act.conn, message)
