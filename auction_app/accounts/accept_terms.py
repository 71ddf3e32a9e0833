"""Accept the terms of use anew, once they are others than those that were accepted."""

from typing import Protocol

from auction_app.accounts.model import Customer
from auction_app.accounts.repository import customers
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import BadInput


class TermsInForce(Protocol):
    """Knows the label of the version that holds."""

    def now(self) -> str:
        """As the database has it."""

    def lately(self) -> str | None:
        """The same, perhaps half a second old; None while nobody knows."""


def accept_terms(act: UnitOfWork, customer: Customer, shown: str, in_force: str) -> None:
    """Note that the customer accepts what was shown; may be repeated. Raises BadInput when other
    terms hold by now."""
    if shown != in_force:
        raise BadInput({"terms": "terms_changed"})
    customers.accept_terms(act.conn, customer.id, shown, now_ms=act.now_ms)
