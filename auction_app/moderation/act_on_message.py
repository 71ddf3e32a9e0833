"""Act on a reported message between the two sides of an order."""

from auction_app.accounts.model import Customer
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import NotFound
from auction_app.moderation.forms import MessageActForm
from auction_app.moderation.moderate import check_moderator, is_done, record
from auction_app.moderation.repository import message_reports
from auction_app.moderation.tell import tell_reporter
from auction_app.orders.repository import messages, orders


def act_on_message(
    act: UnitOfWork, message_id: str, moderator: Customer, form: MessageActForm
) -> None:
    """Leave, remove or show a message that was reported; settles its report, and tells whoever
    reported it what came of it. Repeating it changes nothing.

    Raises NotFound, also for what nobody has reported.
    """
    check_moderator(moderator)
    message = messages.by_id(act.conn, message_id)
    report = message_reports.of_message(act.conn, message_id)
    if message is None or report is None:
        raise NotFound("nobody has reported such a message")
    if is_done(act, message.author_id, form.key):
        return
    if form.action != "dismiss":
        hides = form.action == "hide-message"
        messages.remove(act.conn, message_id, at_ms=act.now_ms if hides else None)
        act.announce("messages", "update", act.urls.message(message_id))
    if report.settled_at_ms is None:
        order = orders.by_id(act.conn, message.order_id)
        if order is not None:
            tell_reporter(act, report.reporter_id, order.auction_id, form.note)
        message_reports.settle(act.conn, message_id, now_ms=act.now_ms)
    record(act, moderator, form, act.urls.absolute(f"/moderation/messages/{message_id}"))
