"""Tell the moderators that an item, or a message about an order, breaks the rules."""

from auction_app.accounts.model import Customer
from auction_app.accounts.repository import customers
from auction_app.db.rate_limits import REPORTS, use_up
from auction_app.db.store import Store
from auction_app.listings.model import Auction
from auction_app.moderation.forms import ReportForm
from auction_app.moderation.repository import message_reports, reports
from auction_app.orders.message import Message


def report_item(store: Store, auction: Auction, reporter: Customer, form: ReportForm) -> None:
    """Put the item into the moderators' queue; reported again, the report is renewed.

    The seller is never told who it was. Raises TooManyAttempts, NoSession.
    """
    use_up(store, REPORTS, reporter.id)
    with store.begin() as act:
        customers.locked(act.conn, reporter.id)
        reports.add_report(
            act.conn, auction.id, reporter.id, reason=form.reason, text=form.text, now_ms=act.now_ms
        )


def report_message(store: Store, message: Message, reporter: Customer, form: ReportForm) -> None:
    """Put a message into the moderators' queue; reported again, the report is renewed.

    Raises TooManyAttempts, NoSession.
    """
    use_up(store, REPORTS, reporter.id)
    with store.begin() as act:
        customers.locked(act.conn, reporter.id)
        message_reports.add(
            act.conn, message.id, reporter.id, reason=form.reason, text=form.text, now_ms=act.now_ms
        )
