"""Ask for the mail that verifies an address once more."""

from auction_app.accounts.model import Customer
from auction_app.accounts.repository import customers
from auction_app.db.ids import new_key
from auction_app.db.rate_limits import VERIFICATIONS, use_up_in
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import TooManyAttempts, TooSoon

PAUSE_MS = 60_000


def request_verification(act: UnitOfWork, customer: Customer) -> None:
    """Have the mail sent again, with a new link; the one before is dead from now on.

    Does nothing when the address is verified. Raises TooSoon within a minute of the last one,
    TooManyAttempts after five within an hour.
    """
    _request(act, customers.by_id(act.conn, customer.id))


def request_again(act: UnitOfWork, email: str) -> None:
    """The same for whoever has this address, silently."""
    found = customers.by_email(act.conn, email)
    if found is None:
        return
    try:
        _request(act, found[0])
    except (TooSoon, TooManyAttempts):
        return


def _request(act: UnitOfWork, customer: Customer) -> None:
    if customer.verified:
        return
    waited_ms = act.now_ms - (customer.verification_requested_at_ms or 0)
    if waited_ms < PAUSE_MS:
        raise TooSoon((PAUSE_MS - waited_ms) // 1000 + 1)
    use_up_in(act, VERIFICATIONS, customer.id)
    customers.expect_verification(
        act.conn, customer.id, verification_id=new_key(), now_ms=act.now_ms
    )
    act.announce("customers", "update", act.urls.customer(customer.id))
