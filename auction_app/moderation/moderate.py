"""Act on an item or an account that breaks the rules; each act is recorded for ever."""

from collections.abc import Callable

from auction_app.accounts.model import Customer
from auction_app.accounts.outcomes import AccountBanned, AccountReopened
from auction_app.accounts.repository import customers
from auction_app.bidding.commands import call_off
from auction_app.bidding.gateway import Gateway
from auction_app.db.store import Store
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import CommandRefused, NotFound, NotPossible
from auction_app.listings.model import Auction
from auction_app.listings.outcomes import ListingHidden, ListingShown
from auction_app.moderation import repository as moderation
from auction_app.moderation.forms import ON_ACCOUNT, AccountActForm, ItemActForm


def check_moderator(customer: Customer) -> None:
    """Raises NotFound: to others these pages do not exist."""
    if not customer.moderator:
        raise NotFound("for moderators")


def act_on_item(
    store: Store,
    gateway: Gateway,
    auction: Auction,
    moderator: Customer,
    form: ItemActForm,
) -> None:
    """Leave, hide, show or end an item, or close or open its seller's account; settles its
    reports. Ending sells it to nobody, and blocks for bids_service.

    The form's `note` says why. Raises NotFound, NotPossible, BidsUnavailable.
    """
    check_moderator(moderator)
    if form.action == "end":
        _end(store, gateway, auction)
    with store.begin() as act:
        if form.action in ON_ACCOUNT:
            subject = act.urls.customer(auction.seller_id)
            _act_on_account(act, auction.seller_id, form.action)
        else:
            subject = act.urls.auction(auction.id)
            _ITEM_ACTS[form.action](act, auction)
        moderation.settle_reports(act.conn, auction.id, now_ms=act.now_ms)
        _record(act, moderator, form.action, subject, form.note)


def act_on_account(
    act: UnitOfWork, customer_id: str, moderator: Customer, form: AccountActForm
) -> None:
    """Close an account, which ends its sessions at once, or open it again.

    Raises NotFound.
    """
    check_moderator(moderator)
    customers.by_id(act.conn, customer_id)
    _act_on_account(act, customer_id, form.action)
    _record(act, moderator, form.action, act.urls.customer(customer_id), form.note)


def _act_on_account(act: UnitOfWork, customer_id: str, action: str) -> None:
    closes = action == "ban"
    customers.ban(act.conn, customer_id, at_ms=act.now_ms if closes else None)
    act.tell(AccountBanned(customer_id) if closes else AccountReopened(customer_id))


def _hide(act: UnitOfWork, auction: Auction) -> None:
    moderation.hide(act.conn, auction.id, at_ms=act.now_ms)
    act.tell(ListingHidden(auction.id))


def _show(act: UnitOfWork, auction: Auction) -> None:
    moderation.hide(act.conn, auction.id, at_ms=None)
    act.tell(ListingShown(auction.id))


def _end(store: Store, gateway: Gateway, auction: Auction) -> None:
    try:
        call_off(store, gateway, auction)
    except CommandRefused as refusal:
        raise NotPossible("end") from refusal


def _announce(act: UnitOfWork, auction: Auction) -> None:
    act.announce("auctions", "update", act.urls.auction(auction.id))


_ITEM_ACTS: dict[str, Callable[[UnitOfWork, Auction], None]] = {
    "dismiss": _announce,
    "hide": _hide,
    "show": _show,
    "end": _announce,  # done before, where the bidding is
}


def _record(act: UnitOfWork, moderator: Customer, action: str, subject: str, note: str) -> None:
    moderation.note(
        act.conn,
        actor_id=moderator.id,
        action=action,
        subject=subject,
        note=note,
        now_ms=act.now_ms,
    )
