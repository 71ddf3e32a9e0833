"""Keep a message about an order from its two sides, with a decision that its author may appeal
against, and show it again."""

from auction_app.db.ids import new_id
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.moderation.model import Decision
from auction_app.moderation.repository import decisions
from auction_app.moderation.tell import tell
from auction_app.orders.message import Message
from auction_app.orders.model import Order
from auction_app.orders.repository import messages


def remove_message(act: UnitOfWork, message: Message, order: Order, note: str) -> None:
    """Take it from sight and tell its author why. Repeating it changes nothing, also when two
    moderators do it at once: the caller holds the author's account."""
    if decisions.in_force_on_message(act.conn, message.id):
        return
    decision = Decision(
        id=new_id(),
        action="hide",
        auction_id=order.auction_id,
        customer_id=message.author_id,
        note=note,
        at_ms=act.now_ms,
        message_id=message.id,
    )
    decisions.add(act.conn, decision)
    messages.remove(act.conn, message.id, at_ms=act.now_ms)
    act.announce("messages", "update", act.urls.message(message.id))
    tell(act, decision, message.author_id, "message-removed", auction_id=order.auction_id)


def show_message(act: UnitOfWork, message_id: str) -> None:
    """Let its two sides read it again."""
    messages.remove(act.conn, message_id, at_ms=None)
    act.announce("messages", "update", act.urls.message(message_id))
