"""Choose how each kind of news reaches a customer by mail."""

from collections.abc import Mapping

from auction_app.errors import BadInput, LinkDead, NotFound
from auction_app.model import Customer
from auction_app.news import KINDS, MODES
from auction_app.signatures import Signatures
from auction_app.storage import customers, preferences
from auction_app.storage.announce import announce
from auction_app.storage.store import Store
from auction_app.urls import Urls

USE = "unsubscribe"


def choose_notices(
    store: Store, urls: Urls, customer: Customer, form: Mapping[str, str], *, now_ms: int
) -> None:
    """Set the mode of every kind that the form names. Raises BadInput."""
    chosen: dict[str, str] = {kind: form[kind] for kind in KINDS if kind in form}
    bad: dict[str, str] = {kind: "not_a_mode" for kind, mode in chosen.items() if mode not in MODES}
    if bad:
        raise BadInput(bad)
    with store.writing() as conn:
        preferences.keep(conn, customer.id, chosen)
        announce(conn, "customers", "update", urls.customer(customer.id), now_ms=now_ms)


def whose_mail(store: Store, signatures: Signatures, token: str, kind: str) -> Customer:
    """Whose mails of this kind the link switches off. Raises LinkDead."""
    customer_id, _ = signatures.read_link(USE, token)
    if kind not in KINDS:
        raise LinkDead("no such kind of mail")
    with store.reading() as conn:
        try:
            return customers.by_id(conn, customer_id)
        except NotFound as error:
            raise LinkDead("the account is gone") from error


def unsubscribe(
    store: Store, signatures: Signatures, urls: Urls, token: str, kind: str, *, now_ms: int
) -> None:
    """Switch one kind of mail off by the link in it, without a sign-in (RFC 8058).

    May be repeated. Raises LinkDead.
    """
    customer = whose_mail(store, signatures, token, kind)
    choose_notices(store, urls, customer, {kind: "off"}, now_ms=now_ms)
