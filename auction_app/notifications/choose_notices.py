"""Choose how each kind of news reaches a customer by mail."""

from collections.abc import Iterable, Mapping

from auction_app.accounts.model import Customer
from auction_app.accounts.repository import customers
from auction_app.db.announce import announce
from auction_app.db.store import Store
from auction_app.errors import BadInput, LinkDead, NotFound
from auction_app.notifications.model import KINDS, MODES
from auction_app.notifications.repository import preferences
from auction_app.signatures import Signatures
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


def unsubscribe(
    store: Store,
    signatures: Signatures,
    urls: Urls,
    token: str,
    kinds: Iterable[str],
    *,
    now_ms: int,
) -> None:
    """Switch kinds of mail off by the link in one, without a sign-in (RFC 8058).

    May be repeated. Raises LinkDead.
    """
    customer = whose_mail(store, signatures, token)
    choose_notices(store, urls, customer, dict.fromkeys(kinds, "off"), now_ms=now_ms)
