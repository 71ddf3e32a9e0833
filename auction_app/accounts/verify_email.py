"""Follow the link from the verification mail."""

import hmac

from auction_app.accounts.model import Customer
from auction_app.accounts.repository import customers
from auction_app.db.ids import new_key
from auction_app.db.store import Store
from auction_app.errors import LinkDead, NoSession, NotTheirLink
from auction_app.signatures import Signatures

USE = "verify-email"
LINK_LIVES_MS = 3 * 24 * 3600 * 1000


def address_to_verify(
    store: Store, signatures: Signatures, token: str, *, visitor: Customer | None
) -> Customer:
    """Whose address the link verifies, if it is the signed-in customer's; changes nothing.

    Raises LinkDead, NoSession, NotTheirLink.
    """
    customer_id, verification_id = signatures.read_link(USE, token)
    with store.reading() as conn:
        customer = customers.by_id(conn, customer_id)
    _check_own(customer, verification_id, visitor, store.clock())
    return customer


def verify_email(
    store: Store, signatures: Signatures, token: str, *, visitor: Customer | None
) -> None:
    """Verify the signed-in customer's address with the token of the link; may be repeated.

    It takes the mailbox and the password together, and a press of a button: a mail scanner that
    follows links verifies nothing, and who opened an account under somebody else's address gains
    nothing when its owner follows the link. Raises LinkDead, NoSession, NotTheirLink.
    """
    customer_id, verification_id = signatures.read_link(USE, token)
    with store.begin() as act:
        customer = customers.locked(act.conn, customer_id)
        _check_own(customer, verification_id, visitor, act.now_ms)
        if not customer.verified:
            customers.verify(act.conn, customer.id, welcomed_id=new_key(), now_ms=act.now_ms)
            act.announce("customers", "update", act.urls.customer(customer.id))


def _check_own(
    customer: Customer, verification_id: str, visitor: Customer | None, now_ms: int
) -> None:
    if visitor is not None and visitor.id != customer.id:
        raise NotTheirLink("the link belongs to another account")
    if not customer.verified:
        _check_alive(customer, verification_id, now_ms)
    if visitor is None:
        raise NoSession("sign in to verify the address")


def _check_alive(customer: Customer, verification_id: str, now_ms: int) -> None:
    expected = customer.verification_id or ""
    age_ms = now_ms - (customer.verification_requested_at_ms or 0)
    if not hmac.compare_digest(expected, verification_id) or age_ms > LINK_LIVES_MS:
        raise LinkDead("the link was replaced or is too old")
