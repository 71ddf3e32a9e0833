"""Ask for the mail that verifies an address once more."""

from auction_app.accounts.model import Customer
from auction_app.accounts.repository import customers
from auction_app.db.ids import new_key
from auction_app.db.rate_limits import SIGN_UPS_AGAIN, VERIFICATIONS, use_up_in
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import TooManyAttempts, TooSoon

PAUSE_MS = 60_000
_REMINDER_LIVES_MS = 24 * 3600 * 1000


def request_verification(act: UnitOfWork, customer: Customer) -> None:
    """Have the mail sent again, with a new link; the one before is dead from now on.

    Does nothing when the address is verified. Raises TooSoon within a minute of the last one,
    TooManyAttempts after five within an hour.
    """
    _request(act, customers.by_id(act.conn, customer.id))


def remind_of_account(act: UnitOfWork, email: str) -> None:
    """For whoever has this address and tries to sign up with it, silently: the same mail again, or
    one that says that there is an account, three times an hour at most."""
    found = customers.by_email(act.conn, email)
    if found is None or found[0].banned_at_ms is not None:
        return
    try:
        _request(act, found[0])
        if found[0].verified:
            _remind(act, found[0])
    except (TooSoon, TooManyAttempts):
        return


def account_reminder_waits(customer: Customer, *, now_ms: int) -> bool:
    """Whether the mail that says so is still worth sending."""
    at_ms = customer.sign_up_again_at_ms
    return customer.sign_up_again_id is not None and now_ms - (at_ms or 0) <= _REMINDER_LIVES_MS


def _remind(act: UnitOfWork, customer: Customer) -> None:
    use_up_in(act, SIGN_UPS_AGAIN, customer.id)
    customers.expect_sign_in(act.conn, customer.id, again_id=new_key(), now_ms=act.now_ms)
    act.announce("customers", "update", act.urls.customer(customer.id))


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
