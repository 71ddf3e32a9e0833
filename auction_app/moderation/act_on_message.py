"""Act on a reported message between the two sides of an order."""

from auction_app.accounts.model import Customer
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import NotFound
from auction_app.moderation.decide import lift
from auction_app.moderation.forms import MessageActForm
from auction_app.moderation.moderate import check_moderator, is_done, record
from auction_app.moderation.remove_message import remove_message, show_message
from auction_app.moderation.repository import decisions, message_reports
from auction_app.moderation.tell import tell_reporter
from auction_app.orders.repository import messages, orders


def act_on_message(
    act: UnitOfWork, message_id: str, moderator: Customer, form: MessageActForm
) -> None:
    """Leave, remove or show a message that was reported; settles its report, and tells whoever
    reported it what came of it, and its author what was decided. Repeating it changes nothing.

    Raises NotFound, also for what nobody has reported.
    """
    check_moderator(moderator)
    message = messages.by_id(act.conn, message_id)
    report = message_reports.of_message(act.conn, message_id)
    order = orders.by_id(act.conn, message.order_id) if message else None
    if message is None or report is None or order is None:
        raise NotFound("nobody has reported such a message")
    if is_done(act, message.author_id, form.key):
        return
    if form.action == "hide-message":
        remove_message(act, message, order, form.note)
    elif form.action == "show-message":
        _show(act, message_id, form.note)
    if report.settled_at_ms is None:
        tell_reporter(act, report.reporter_id, order.auction_id, form.note)
        message_reports.settle(act.conn, message_id, now_ms=act.now_ms)
    record(act, moderator, form, act.urls.absolute(f"/moderation/messages/{message_id}"))


def _show(act: UnitOfWork, message_id: str, note: str) -> None:
    """What was removed before there were decisions about messages has none to lift."""
    decision = decisions.in_force_on_message(act.conn, message_id)
    if decision is None:
        show_message(act, message_id)
    else:
        lift(act, decision, note)
