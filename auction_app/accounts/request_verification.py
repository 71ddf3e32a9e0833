"""Ask for the mail that verifies an address once more."""

from auction_app.accounts.model import Customer
from auction_app.accounts.repository import customers
from auction_app.db.announce import announce
from auction_app.db.ids import new_key
from auction_app.db.rate_limits import VERIFICATIONS, use_up_in
from auction_app.db.store import Store, Transaction
from auction_app.errors import TooManyAttempts, TooSoon
from auction_app.urls import Urls

PAUSE_MS = 60_000


def request_verification(store: Store, urls: Urls, customer: Customer, *, now_ms: int) -> None:
    """Have the mail sent again, with a new link; the one before is dead from now on.

    Does nothing when the address is verified. Raises TooSoon within a minute of the last one,
    TooManyAttempts after five within an hour.
    """
    with store.writing() as conn:
        _request(conn, urls, customers.by_id(conn, customer.id), now_ms=now_ms)


def request_again(conn: Transaction, urls: Urls, email: str, *, now_ms: int) -> None:
    """The same for whoever has this address, silently."""
    found = customers.by_email(conn, email)
    if found is None:
        return
    try:
        _request(conn, urls, found[0], now_ms=now_ms)
    except (TooSoon, TooManyAttempts):
        return


def _request(conn: Transaction, urls: Urls, customer: Customer, *, now_ms: int) -> None:
    if customer.verified:
        return
    waited_ms = now_ms - (customer.verification_requested_at_ms or 0)
    if waited_ms < PAUSE_MS:
        raise TooSoon((PAUSE_MS - waited_ms) // 1000 + 1)
    use_up_in(conn, VERIFICATIONS, customer.id, now_ms=now_ms)
    customers.expect_verification(conn, customer.id, verification_id=new_key(), now_ms=now_ms)
    announce(conn, "customers", "update", urls.customer(customer.id), now_ms=now_ms)
