"""Set another password, and end every other session."""

from service_kit.tokens import digest

from auction_app.accounts.check_password import check_password
from auction_app.accounts.forms import ChangePasswordForm
from auction_app.accounts.model import Customer
from auction_app.accounts.own_password import check_says_more
from auction_app.accounts.passwords import Passwords
from auction_app.accounts.repository import customers, sessions
from auction_app.db.store import Store
from auction_app.factors.repository import passkeys


def change_password(
    store: Store,
    passwords: Passwords,
    customer: Customer,
    form: ChangePasswordForm,
    *,
    session: str,
) -> None:
    """Set the new password; of the sessions only the one of the token `session` goes on. Whatever
    waits for its link to be followed is void: a reset, another address.

    Raises WrongPassword, TooManyAttempts, BadInput.
    """
    check_says_more(form.new_password, customer.email, field="new_password")
    proof = check_password(store, passwords, customer, form.old_password, session=session)
    hashed = passwords.hash(form.new_password)
    with store.begin() as act:
        proof.check_still_good(act)
        customers.set_password(act.conn, customer.id, hashed)
        passkeys.forget_challenges(act.conn, customer.id)
        sessions.remove_of(act.conn, customer.id, keep=digest(session))
