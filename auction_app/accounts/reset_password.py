"""Get back into an account whose password is forgotten, by a link in a mail."""

import hmac

from auction_app.accounts.forms import ResetPasswordForm
from auction_app.accounts.model import Customer
from auction_app.accounts.own_password import check_says_more
from auction_app.accounts.passwords import Passwords
from auction_app.accounts.repository import customers, sessions
from auction_app.db.ids import new_key
from auction_app.db.rate_limits import write_in_vain
from auction_app.db.store import Store
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import LinkDead, NoSession, NotFound
from auction_app.factors.repository import passkeys
from auction_app.signatures import Signatures

LINK_LIVES_MS = 3600 * 1000
USE = "reset-password"


def request_reset(act: UnitOfWork, email: str) -> None:
    """Have the mail with the link sent, if the address has an account; tells nobody whether.

    Nor does the time it takes: what is written to the disk is about as much.
    """
    found = customers.by_email(act.conn, email)
    if found is None or found[0].banned_at_ms is not None:
        write_in_vain(act, email)
        return
    customers.expect_reset(act.conn, found[0].id, reset_id=new_key(), now_ms=act.now_ms)
    act.announce("customers", "update", act.urls.customer(found[0].id))


def check_reset(store: Store, signatures: Signatures, token: str) -> Customer:
    """Whose password the link may set. Raises LinkDead."""
    customer_id, reset_id = signatures.read_link(USE, token)
    with store.reading() as conn:
        try:
            customer = customers.by_id(conn, customer_id)
        except NotFound as error:
            raise LinkDead("the account is gone") from error
    waits = reset_waits(customer, now_ms=store.clock())
    if not waits or not hmac.compare_digest(customer.password_reset_id or "", reset_id):
        raise LinkDead("used, replaced or too old")
    return customer


def reset_password(
    store: Store, passwords: Passwords, customer: Customer, form: ResetPasswordForm
) -> None:
    """Set the new password, once a link, and end every session and every other change that waits;
    `customer` as `check_reset` found it. A second factor is asked for as before.

    Who followed the link owns the mailbox: the address is verified by that, too, and nothing is
    left to somebody who opened the account under this address before. Raises LinkDead, BadInput.
    """
    check_says_more(form.new_password, customer.email, field="new_password")
    hashed = passwords.hash(form.new_password)
    with store.begin() as act:
        if _locked(act, customer.id).password_reset_id != customer.password_reset_id:
            raise LinkDead("used a moment ago")
        customers.set_password(act.conn, customer.id, hashed)
        passkeys.forget_challenges(act.conn, customer.id)
        sessions.remove_of(act.conn, customer.id)
        if not customer.verified:
            customers.verify(act.conn, customer.id, welcomed_id=new_key(), now_ms=act.now_ms)
        act.announce("customers", "update", act.urls.customer(customer.id))


def _locked(act: UnitOfWork, customer_id: str) -> Customer:
    try:
        return customers.locked(act.conn, customer_id)
    except NoSession as error:
        raise LinkDead("the account was closed a moment ago") from error


def reset_waits(customer: Customer, *, now_ms: int) -> bool:
    """Whether a link was sent that is still good."""
    at_ms = customer.password_reset_at_ms
    return customer.password_reset_id is not None and now_ms - (at_ms or 0) <= LINK_LIVES_MS
