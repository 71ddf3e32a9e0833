"""Open an account."""

from auction_app.accounts.edit_profile import check_own_name
from auction_app.accounts.forms import SignUpForm
from auction_app.accounts.model import Customer
from auction_app.accounts.own_password import check_says_more
from auction_app.accounts.passwords import Passwords
from auction_app.accounts.repository import customers
from auction_app.accounts.request_verification import remind_of_account
from auction_app.db.ids import new_id, new_key
from auction_app.db.rate_limits import write_in_vain
from auction_app.db.store import Store
from auction_app.errors import BadInput, EmailTaken


def sign_up(
    store: Store, passwords: Passwords, form: SignUpForm, *, locale: str, terms: str
) -> None:
    """Open an account and ask its address to be verified; the mail goes out by the event.

    Tells nobody whether the address had an account, nor does the time it takes: then nothing
    changes, except that a mail goes out: the one that verifies the address again, or one that says
    that there is an account. `terms` is the version of the terms that hold. Raises BadInput for
    other terms, a name that looks like one of the house's, and a password that is the address.
    """
    if form.terms != terms:
        raise BadInput({"terms": "terms_changed"})
    check_says_more(form.password, form.email, field="password")
    with store.reading() as conn:
        check_own_name(conn, form.name)
    password_hash = passwords.hash(form.password)
    with store.begin() as act:
        customer = Customer(
            id=new_id(),
            name=form.name,
            email=form.email,
            locale=locale,
            email_verified_at_ms=None,
            verification_id=new_key(),
            verification_requested_at_ms=act.now_ms,
            terms_version=terms,
            terms_accepted_at_ms=act.now_ms,
        )
        try:
            customers.add(act.conn, customer, password_hash=password_hash, now_ms=act.now_ms)
            act.announce("customers", "create", act.urls.customer(customer.id))
        except EmailTaken:
            write_in_vain(act, form.email)
            remind_of_account(act, form.email)
