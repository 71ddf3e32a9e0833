"""Choose how each kind of news reaches a customer by mail."""

from collections.abc import Iterable, Mapping

from auction_app.accounts.model import Customer
from auction_app.accounts.repository import customers
from auction_app.db.store import Store
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import LinkDead, NotFound
from auction_app.notifications.model import KINDS
from auction_app.notifications.repository import preferences
from auction_app.signatures import Signatures

USE = "unsubscribe"


def choose_notices(act: UnitOfWork, customer: Customer, modes: Mapping[str, str]) -> None:
    """Set the mode of each of these kinds."""
    preferences.keep(act.conn, customer.id, modes)
    act.announce("customers", "update", act.urls.customer(customer.id))


def kinds_in(text: str) -> list[str]:
    """The kinds of mail that a link names: one, or several with commas between. Raises LinkDead."""
    kinds = text.split(",")
    if not set(kinds) <= set(KINDS):
        raise LinkDead("no such kind of mail")
    return kinds


def whose_mail(store: Store, signatures: Signatures, token: str) -> Customer:
    """Whose mails the link switches off. Raises LinkDead."""
    customer_id, _ = signatures.read_link(USE, token)
    with store.reading() as conn:
        try:
            return customers.by_id(conn, customer_id)
        except NotFound as error:
            raise LinkDead("the account is gone") from error


def unsubscribe(store: Store, signatures: Signatures, token: str, kinds: Iterable[str]) -> None:
    """Switch kinds of mail off by the link in one, without a sign-in (RFC 8058).

    May be repeated. Raises LinkDead.
    """
    customer = whose_mail(store, signatures, token)
    with store.begin() as act:
        choose_notices(act, customer, dict.fromkeys(kinds, "off"))
