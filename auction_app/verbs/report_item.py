"""Tell the moderators that an item breaks the rules."""

from collections.abc import Mapping

from auction_app.fields import Fields
from auction_app.model import Auction, Customer
from auction_app.storage import customers, moderation
from auction_app.storage.store import Store
from auction_app.talk import REASONS
from auction_app.verbs.limit_rate import REPORTS, use_up

LONGEST = 1000


def report_item(
    store: Store, auction: Auction, reporter: Customer, form: Mapping[str, str], *, now_ms: int
) -> None:
    """Put the item into the moderators' queue; reported again, the report is renewed.

    The seller is never told who it was. Raises BadInput, TooManyAttempts,
    NoSession.
    """
    fields = Fields(form)
    reason = fields.raw("reason")
    if reason not in REASONS:
        fields.refuse("reason", "missing")
    text = fields.paragraphs("text", longest=LONGEST)
    fields.finish()
    use_up(store, REPORTS, reporter.id, now_ms=now_ms)
    with store.writing() as conn:
        customers.locked(conn, reporter.id)
        moderation.add_report(
            conn, auction.id, reporter.id, reason=reason, text=text, now_ms=now_ms
        )
