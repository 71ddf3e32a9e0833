"""Leave the house for good."""

from auction_app.accounts.check_password import check_password
from auction_app.accounts.model import Customer
from auction_app.accounts.passwords import Passwords
from auction_app.accounts.repository import customers, sessions
from auction_app.alerts.repository import alerts, follows, searches
from auction_app.bidding.commands import end_early
from auction_app.bidding.gateway import Gateway
from auction_app.db.ids import new_key
from auction_app.db.store import Store, Transaction
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.devices import repository as devices
from auction_app.errors import CommandRefused, NotPossible
from auction_app.factors.repository import app_factors, changes, passkeys
from auction_app.listings.outcomes import ListingHidden
from auction_app.listings.photo_files import PhotoFiles
from auction_app.notifications.repository import notices, preferences
from auction_app.orders.repository import addresses, messages
from auction_app.privacy import repository as commitments
from auction_app.selling.repository import drafts

ON_ITS_WAY_MS = 5 * 60_000
"""A bid without an answer may still arrive for so long; after that it is taken for lost."""
_ALL_DRAFTS = 1000


def obstacles(store: Store, customer: Customer) -> tuple[str, ...]:
    """What others still count on: "selling" (somebody has bid on a running item of theirs),
    "leading" (a bid of theirs wins, or will if others are taken back), "bidding" (a bid, purchase
    or offer is on its way), "offers" (a second chance is open), "orders" (one is not over). None:
    they may go."""
    with store.reading() as conn:
        return _obstacles(conn, customer.id, store.clock())


def delete_account(
    store: Store,
    gateway: Gateway,
    customer: Customer,
    typed: str,
    *,
    session: str,
    passwords: Passwords,
    files: PhotoFiles,
) -> None:
    """Forget a customer's name, address, drafts and settings; what others bought, sold, bid and
    wrote with them stays, under nobody's name,
    but for the words of their messages. Running items without bids are called off first.

    An item that is listed, or a bid that is sent, at the same moment comes either before, and is
    an obstacle, or too late: both lock the account. Blocks for bids_service; may be repeated.
    Raises WrongPassword, TooManyAttempts, BidsUnavailable, NotPossible with the first obstacle.
    """
    proof = check_password(store, passwords, customer, typed, session=session)
    for obstacle in obstacles(store, customer):
        raise NotPossible(obstacle)
    called_off = _call_off_all(store, gateway, customer)
    with store.begin() as act:
        proof.check_still_good(act)
        for obstacle in _obstacles(act.conn, customer.id, act.now_ms):
            raise NotPossible(obstacle)
        if commitments.not_closed(act.conn, customer.id):
            raise NotPossible("listing")
        _take_off(act, called_off)
        photos = _discard_drafts(act.conn, customer.id)
        _forget(act, customer)
    for photo_id in photos:
        files.remove(photo_id)


def _obstacles(conn: Transaction, customer_id: str, now_ms: int) -> tuple[str, ...]:
    sent_since_ms = now_ms - ON_ITS_WAY_MS
    found = {
        "selling": commitments.sells_with_bids(conn, customer_id),
        "leading": commitments.may_win(conn, customer_id, now_ms=now_ms),
        "bidding": commitments.awaits_an_answer(conn, customer_id, since_ms=sent_since_ms),
        "offers": commitments.has_open_offers(conn, customer_id, now_ms=now_ms),
        "orders": commitments.has_open_orders(conn, customer_id),
    }
    return tuple(word for word, there in found.items() if there)


def _call_off_all(store: Store, gateway: Gateway, seller: Customer) -> list[str]:
    """End the seller's auctions where they are run, or nobody would be there to send the item."""
    with store.reading() as conn:
        ids = commitments.not_closed(conn, seller.id)
    for id in ids:
        try:  # under a new key: the old one's refusal is kept, but a bid can be retracted
            end_early(store, gateway, id, seller=seller, key=new_key())
        except CommandRefused as refusal:
            has_bids = refusal.reason == "has_bids"
            raise NotPossible("selling" if has_bids else "listing") from refusal
    return ids


def _discard_drafts(conn: Transaction, seller_id: str) -> list[str]:
    """Forget the seller's drafts; returns the ids of their photos."""
    found = drafts.list_of_seller(conn, seller_id, limit=_ALL_DRAFTS)
    for draft in found:
        drafts.remove(conn, draft.id)
    return [photo.id for draft in found for photo in draft.photos]


def _take_off(act: UnitOfWork, auction_ids: list[str]) -> None:
    commitments.hide(act.conn, auction_ids, now_ms=act.now_ms)
    for id in auction_ids:
        act.tell(ListingHidden(id))


def _forget(act: UnitOfWork, customer: Customer) -> None:
    sessions.remove_of(act.conn, customer.id)
    app_factors.remove(act.conn, customer.id)
    passkeys.forget(act.conn, customer.id)
    changes.forget(act.conn, customer.id)
    devices.forget(act.conn, customer.id)
    notices.forget(act.conn, customer.id)
    preferences.forget(act.conn, customer.id)
    searches.forget(act.conn, customer.id)
    follows.forget(act.conn, customer.id)
    alerts.forget(act.conn, customer.id)
    commitments.forget_watches(act.conn, customer.id)
    addresses.forget(act.conn, customer.id)
    messages.forget(act.conn, customer.id)
    customers.anonymise(
        act.conn,
        customer.id,
        name="(deleted)",
        email=f"deleted-{customer.id}@gavel.invalid",
        now_ms=act.now_ms,
    )
    act.announce("customers", "update", act.urls.customer(customer.id))
