"""Act on an item or an account that breaks the rules; each act is recorded for ever."""

from collections.abc import Callable, Mapping

from auction_app.accounts.model import Customer
from auction_app.accounts.repository import customers, sessions
from auction_app.bidding.commands import call_off
from auction_app.bidding.gateway import Bids
from auction_app.db.announce import announce
from auction_app.db.store import Store, Transaction
from auction_app.errors import CommandRefused, NotFound, NotPossible
from auction_app.listings.model import Auction
from auction_app.moderation import repository as moderation
from auction_app.search.repository import entries
from auction_app.urls import Urls
from auction_app.web.forms import Fields

ON_ITEM = ("dismiss", "hide", "show", "end")
ON_ACCOUNT = ("ban", "unban")
LONGEST_NOTE = 500


def check_moderator(customer: Customer) -> None:
    """Raises NotFound: to others these pages do not exist."""
    if not customer.moderator:
        raise NotFound("for moderators")


def act_on_item(
    store: Store,
    bids: Bids,
    urls: Urls,
    auction: Auction,
    moderator: Customer,
    form: Mapping[str, str],
    *,
    now_ms: int,
) -> None:
    """Leave, hide, show or end an item, or close or open its seller's account; settles its
    reports. Ending sells it to nobody, and blocks for bids_service.

    The form's `note` says why. Raises NotFound, BadInput, NotPossible, BidsUnavailable.
    """
    action, note = _read(moderator, form, (*ON_ITEM, *ON_ACCOUNT))
    subject = urls.auction(auction.id)
    if action == "end":
        _end(store, bids, urls, auction, now_ms)
    with store.writing() as conn:
        if action in ON_ACCOUNT:
            subject = urls.customer(auction.seller_id)
            _act_on_account(conn, urls, auction.seller_id, action, now_ms)
        else:
            _ITEM_ACTS[action](conn, auction, now_ms)
            announce(conn, "auctions", "update", subject, now_ms=now_ms)
        moderation.settle_reports(conn, auction.id, now_ms=now_ms)
        _record(conn, moderator, action, subject, note, now_ms)


def act_on_account(
    store: Store,
    urls: Urls,
    customer_id: str,
    moderator: Customer,
    form: Mapping[str, str],
    *,
    now_ms: int,
) -> None:
    """Close an account, which ends its sessions at once, or open it again.

    Raises NotFound, BadInput.
    """
    action, note = _read(moderator, form, ON_ACCOUNT)
    with store.writing() as conn:
        customers.by_id(conn, customer_id)
        _act_on_account(conn, urls, customer_id, action, now_ms)
        _record(conn, moderator, action, urls.customer(customer_id), note, now_ms)


def _read(
    moderator: Customer, form: Mapping[str, str], actions: tuple[str, ...]
) -> tuple[str, str]:
    check_moderator(moderator)
    fields = Fields(form)
    action = fields.raw("action")
    if action not in actions:
        fields.refuse("action", "missing")
    note = fields.line("note", longest=LONGEST_NOTE)
    fields.finish()
    return action, note


def _act_on_account(
    conn: Transaction, urls: Urls, customer_id: str, action: str, now_ms: int
) -> None:
    customers.ban(conn, customer_id, at_ms=now_ms if action == "ban" else None)
    if action == "ban":
        sessions.remove_of(conn, customer_id)
    announce(conn, "customers", "update", urls.customer(customer_id), now_ms=now_ms)


def _hide(conn: Transaction, auction: Auction, now_ms: int) -> None:
    moderation.hide(conn, auction.id, at_ms=now_ms)
    entries.remove(conn, auction.id)


def _show(conn: Transaction, auction: Auction, _now_ms: int) -> None:
    moderation.hide(conn, auction.id, at_ms=None)
    entries.put(conn, auction)


def _end(store: Store, bids: Bids, urls: Urls, auction: Auction, now_ms: int) -> None:
    try:
        call_off(store, bids, urls, auction, now_ms=now_ms)
    except CommandRefused as refusal:
        raise NotPossible("end") from refusal


def _dismiss(_conn: Transaction, _auction: Auction, _now_ms: int) -> None:
    """Nothing is wrong with it."""


_ITEM_ACTS: dict[str, Callable[[Transaction, Auction, int], None]] = {
    "dismiss": _dismiss,
    "hide": _hide,
    "show": _show,
    "end": _dismiss,  # done before, where the bidding is
}


def _record(
    conn: Transaction, moderator: Customer, action: str, subject: str, note: str, now_ms: int
) -> None:
    moderation.note(
        conn, actor_id=moderator.id, action=action, subject=subject, note=note, now_ms=now_ms
    )
