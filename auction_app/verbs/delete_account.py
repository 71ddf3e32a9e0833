"""Leave the house for good."""

from auction_app.errors import NotPossible
from auction_app.model import Customer
from auction_app.passwords import Passwords
from auction_app.storage import commitments, customers, notices, preferences, sessions
from auction_app.storage.announce import announce
from auction_app.storage.store import Store, Transaction
from auction_app.urls import Urls
from auction_app.verbs.check_password import check_password


def obstacles(store: Store, customer: Customer) -> tuple[str, ...]:
    """What others still count on: "selling" (somebody has bid on a running item of theirs),
    "leading" (they lead somewhere), "orders" (one is not over). None: they may go."""
    with store.reading() as conn:
        return _obstacles(conn, customer.id)


def delete_account(
    store: Store,
    passwords: Passwords,
    urls: Urls,
    customer: Customer,
    typed: str,
    *,
    now_ms: int,
) -> None:
    """Forget a customer's name, address and settings; what others bought, sold, bid and wrote
    with them stays, under nobody's name. Running items without bids are taken off the lists.

    Raises WrongPassword, TooManyAttempts, NotPossible with the first obstacle.
    """
    check_password(store, passwords, customer, typed, now_ms=now_ms)
    with store.writing() as conn:
        for obstacle in _obstacles(conn, customer.id):
            raise NotPossible(obstacle)
        for auction_id in commitments.withdraw(conn, customer.id, now_ms=now_ms):
            announce(conn, "auctions", "update", urls.auction(auction_id), now_ms=now_ms)
        sessions.remove_of(conn, customer.id)
        notices.forget(conn, customer.id)
        preferences.forget(conn, customer.id)
        commitments.forget_watches(conn, customer.id)
        customers.anonymise(
            conn,
            customer.id,
            name="(deleted)",
            email=f"deleted-{customer.id}@gavel.invalid",
            now_ms=now_ms,
        )
        announce(conn, "customers", "update", urls.customer(customer.id), now_ms=now_ms)


def _obstacles(conn: Transaction, customer_id: str) -> tuple[str, ...]:
    found = {
        "selling": commitments.sells_with_bids(conn, customer_id),
        "leading": commitments.leads(conn, customer_id),
        "orders": commitments.has_open_orders(conn, customer_id),
    }
    return tuple(word for word, there in found.items() if there)
