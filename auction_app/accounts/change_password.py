"""Set another password, and end every other session."""

from collections.abc import Mapping

from auction_app.accounts.check_password import check_password
from auction_app.accounts.model import Customer
from auction_app.accounts.passwords import Passwords
from auction_app.accounts.repository import customers, sessions
from auction_app.accounts.sessions import digest
from auction_app.db.store import Store
from auction_app.web.forms import Fields


def change_password(
    store: Store,
    passwords: Passwords,
    customer: Customer,
    form: Mapping[str, str],
    *,
    token: str,
) -> None:
    """Set the new password; only the session of `token` goes on. A reset that waits is void.

    Raises BadInput, WrongPassword, TooManyAttempts.
    """
    fields = Fields(form)
    new = fields.new_password("new_password")
    fields.finish()
    check_password(store, passwords, customer, fields.raw("password"))
    hashed = passwords.hash(new)
    with store.begin() as act:
        customers.set_password(act.conn, customer.id, hashed)
        sessions.remove_of(act.conn, customer.id, keep=digest(token))
