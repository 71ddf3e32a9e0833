"""Get back into an account whose password is forgotten, by a link in a mail."""

import hmac
from collections.abc import Mapping

from auction_app.accounts.model import Customer
from auction_app.accounts.passwords import Passwords
from auction_app.accounts.repository import customers, sessions
from auction_app.db.announce import announce
from auction_app.db.ids import new_key
from auction_app.db.rate_limits import write_in_vain
from auction_app.db.store import Store
from auction_app.errors import LinkDead, NotFound
from auction_app.signatures import Signatures
from auction_app.urls import Urls
from auction_app.web.forms import Fields

LINK_LIVES_MS = 3600 * 1000
USE = "reset-password"


def request_reset(store: Store, urls: Urls, email: str, *, now_ms: int) -> None:
    """Have the mail with the link sent, if the address has an account; tells nobody whether.

    Nor does the time it takes: what is written to the disk is about as much.
    """
    with store.writing() as conn:
        found = customers.by_email(conn, email)
        if found is None or found[0].banned_at_ms is not None:
            write_in_vain(conn, email, now_ms=now_ms)
            return
        customers.expect_reset(conn, found[0].id, reset_id=new_key(), now_ms=now_ms)
        announce(conn, "customers", "update", urls.customer(found[0].id), now_ms=now_ms)


def check_reset(store: Store, signatures: Signatures, token: str, *, now_ms: int) -> Customer:
    """Whose password the link may set. Raises LinkDead."""
    customer_id, reset_id = signatures.read_link(USE, token)
    with store.reading() as conn:
        try:
            customer = customers.by_id(conn, customer_id)
        except NotFound as error:
            raise LinkDead("the account is gone") from error
    waits = reset_waits(customer, now_ms=now_ms)
    if not waits or not hmac.compare_digest(customer.password_reset_id or "", reset_id):
        raise LinkDead("used, replaced or too old")
    return customer


def reset_password(
    store: Store,
    passwords: Passwords,
    signatures: Signatures,
    urls: Urls,
    token: str,
    form: Mapping[str, str],
    *,
    now_ms: int,
) -> None:
    """Set the new password, once a link, and end every session of the account.

    Who followed the link owns the mailbox: the address is verified by that, too. Raises
    LinkDead, BadInput.
    """
    customer = check_reset(store, signatures, token, now_ms=now_ms)
    fields = Fields(form)
    new = fields.new_password("new_password")
    fields.finish()
    hashed = passwords.hash(new)
    with store.writing() as conn:
        if customers.by_id(conn, customer.id).password_reset_id != customer.password_reset_id:
            raise LinkDead("used a moment ago")
        customers.set_password(conn, customer.id, hashed)
        sessions.remove_of(conn, customer.id)
        if not customer.verified:
            customers.verify(conn, customer.id, welcomed_id=new_key(), now_ms=now_ms)
        announce(conn, "customers", "update", urls.customer(customer.id), now_ms=now_ms)


def reset_waits(customer: Customer, *, now_ms: int) -> bool:
    """Whether a link was sent that is still good."""
    at_ms = customer.password_reset_at_ms
    return customer.password_reset_id is not None and now_ms - (at_ms or 0) <= LINK_LIVES_MS
