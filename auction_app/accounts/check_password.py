"""Ask for the account's own password before something that can't be undone."""

from auction_app.accounts.model import Customer
from auction_app.accounts.passwords import Passwords
from auction_app.accounts.repository import customers
from auction_app.db.rate_limits import PASSWORD_CHECKS, use_up
from auction_app.db.store import Store
from auction_app.errors import NoSession, WrongPassword
from auction_app.web.fields import LONGEST_PASSWORD


def check_password(store: Store, passwords: Passwords, customer: Customer, typed: str) -> None:
    """Raises WrongPassword, TooManyAttempts after ten in a quarter of an hour, and NoSession for
    an account that was deleted since the visitor was recognised."""
    use_up(store, PASSWORD_CHECKS, customer.id)
    with store.reading() as conn:
        stored = customers.password_hash(conn, customer.id)
    if stored is None:
        raise NoSession("the account is closed")
    if len(typed) > LONGEST_PASSWORD or not passwords.match(typed, stored):
        raise WrongPassword("not the password of this account")
