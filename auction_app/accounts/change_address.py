"""Change an account's e-mail address, once the new one has shown that it is its owner's."""

import hmac

from service_kit.tokens import digest

from auction_app.accounts.check_password import check_password
from auction_app.accounts.forms import ChangeAddressForm
from auction_app.accounts.model import Customer
from auction_app.accounts.passwords import Passwords
from auction_app.accounts.repository import customers, sessions
from auction_app.db.ids import new_key
from auction_app.db.rate_limits import ADDRESS_CHANGES, use_up
from auction_app.db.store import Store
from auction_app.errors import EmailTaken, LinkDead, NoSession, NotTheirLink
from auction_app.signatures import Signatures

LINK_LIVES_MS = 24 * 3600 * 1000
USE = "confirm-address"


def request_address(
    store: Store,
    passwords: Passwords,
    customer: Customer,
    form: ChangeAddressForm,
    *,
    session: str,
) -> None:
    """Have the link sent to the new address, and a warning to the old one.

    `session` is the token of the one that asks. Until the link is followed nothing changes.
    Tells nobody whether the new address has an account: then it waits as any other, but for a
    link that nobody gets. Raises WrongPassword, TooManyAttempts.
    """
    proof = check_password(store, passwords, customer, form.password, session=session)
    use_up(store, ADDRESS_CHANGES, customer.id)
    with store.begin() as act:
        proof.check_still_good(act)
        is_free = customers.by_email(act.conn, form.email) is None
        change_id = new_key() if is_free else None
        customers.expect_address(
            act.conn, customer.id, change_id=change_id, to=form.email, now_ms=act.now_ms
        )
        if is_free:
            act.announce("customers", "update", act.urls.customer(customer.id))


def waiting_address(
    store: Store, signatures: Signatures, token: str, *, visitor: Customer | None
) -> str:
    """The new address that the link's owner may confirm; changes nothing.

    Raises LinkDead, NoSession, NotTheirLink.
    """
    customer_id, change_id = _own_change(signatures, token, visitor)
    with store.reading() as conn:
        customer = customers.by_id(conn, customer_id)
    return _address_of(customer, change_id, now_ms=store.clock())


def confirm_address(
    store: Store, signatures: Signatures, token: str, *, visitor: Customer | None, session: str
) -> None:
    """Make the new address the account's, and end every other session than the one of the token
    `session`: it takes the mailbox and the password together.

    Raises LinkDead (also when the address has got an account meanwhile), NoSession, NotTheirLink.
    """
    customer_id, change_id = _own_change(signatures, token, visitor)
    with store.begin() as act:
        customer = customers.locked(act.conn, customer_id)
        address = _address_of(customer, change_id, now_ms=act.now_ms)
        try:
            customers.change_address(act.conn, customer.id, address)
        except EmailTaken as error:
            raise LinkDead("the address has an account by now") from error
        customers.verify(act.conn, customer.id, welcomed_id=new_key(), now_ms=act.now_ms)
        sessions.remove_of(act.conn, customer.id, keep=digest(session))
        act.announce("customers", "update", act.urls.customer(customer.id))


def _own_change(signatures: Signatures, token: str, visitor: Customer | None) -> tuple[str, str]:
    customer_id, change_id = signatures.read_link(USE, token)
    if visitor is None:
        raise NoSession("sign in to change the address")
    if visitor.id != customer_id:
        raise NotTheirLink("the link belongs to another account")
    return customer_id, change_id


def _address_of(customer: Customer, change_id: str, *, now_ms: int) -> str:
    waits = change_waits(customer, now_ms=now_ms)
    if not waits or not hmac.compare_digest(customer.address_change_id or "", change_id):
        raise LinkDead("used, replaced or too old")
    return customer.address_change_to or ""


def change_waits(customer: Customer, *, now_ms: int) -> bool:
    """Whether a link was sent that is still good."""
    at_ms = customer.address_change_at_ms
    return customer.address_change_id is not None and now_ms - (at_ms or 0) <= LINK_LIVES_MS
