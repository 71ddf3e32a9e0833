"""Remember a purchase or an offer from the moment before it is sent until its answer is known."""

from collections.abc import Iterator
from contextlib import contextmanager

from auction_app.accounts.model import Customer
from auction_app.accounts.repository import customers
from auction_app.bidding.repository import tickets
from auction_app.db.store import Store
from auction_app.errors import CommandRefused


@contextmanager
def pending_command(store: Store, customer: Customer, auction_id: str, key: str) -> Iterator[None]:
    """Whoever could leave meanwhile would leave a sale behind: so the note is an obstacle, and
    both lock the account. Without an answer it stays.

    Raises NoSession for an account that is gone by now, and what its body raises.
    """
    with store.begin() as act:
        customers.locked(act.conn, customer.id)
        if tickets.find(act.conn, key) is None:
            tickets.add(
                act.conn,
                key=key,
                customer_id=customer.id,
                auction_id=auction_id,
                now_ms=act.now_ms,
            )
    try:
        yield
    except CommandRefused:
        _forget(store, key)
        raise
    _forget(store, key)


def _forget(store: Store, key: str) -> None:
    with store.begin() as act:
        tickets.remove(act.conn, key)
