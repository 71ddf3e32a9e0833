"""Open an account."""

from collections.abc import Mapping

from auction_app.accounts.model import Customer
from auction_app.accounts.passwords import Passwords
from auction_app.accounts.repository import customers
from auction_app.accounts.request_verification import request_again
from auction_app.db.announce import announce
from auction_app.db.ids import new_id, new_key
from auction_app.db.rate_limits import write_in_vain
from auction_app.db.store import Store
from auction_app.errors import EmailTaken
from auction_app.urls import Urls
from auction_app.web.forms import Fields


def sign_up(
    store: Store,
    passwords: Passwords,
    urls: Urls,
    form: Mapping[str, str],
    *,
    locale: str,
    now_ms: int,
) -> None:
    """Open an account and ask its address to be verified; the mail goes out by the event.

    Tells nobody whether the address had an account, nor does the time it takes: then nothing
    changes, except that a mail goes out again to one that was never verified. Raises BadInput.
    """
    fields = Fields(form)
    name, email = fields.line("name", longest=60), fields.email("email")
    password = fields.new_password("password")
    fields.finish()
    customer = Customer(
        id=new_id(),
        name=name,
        email=email,
        locale=locale,
        email_verified_at_ms=None,
        verification_id=new_key(),
        verification_requested_at_ms=now_ms,
    )
    password_hash = passwords.hash(password)
    with store.writing() as conn:
        try:
            customers.add(conn, customer, password_hash=password_hash, now_ms=now_ms)
            announce(conn, "customers", "create", urls.customer(customer.id), now_ms=now_ms)
        except EmailTaken:
            write_in_vain(conn, email, now_ms=now_ms)
            request_again(conn, urls, email, now_ms=now_ms)
