"""Follow a seller, or stop."""

from auction_app.accounts.model import Customer
from auction_app.accounts.repository import customers
from auction_app.alerts.model import MOST_SELLERS
from auction_app.alerts.repository import follows
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import NotPossible


def follow_seller(act: UnitOfWork, seller_id: str, *, follower: Customer, following: bool) -> None:
    """Be told of what a seller lists from now on, or no more. May be repeated.
    Raises NotFound, NoSession, NotPossible("too_many")."""
    customers.locked(act.conn, follower.id)
    customers.by_id(act.conn, seller_id)
    if not following:
        follows.remove(act.conn, follower.id, seller_id)
        return
    if seller_id == follower.id or follows.follows_seller(act.conn, follower.id, seller_id):
        return
    if len(follows.of_customer(act.conn, follower.id)) >= MOST_SELLERS:
        raise NotPossible("too_many")
    follows.add(act.conn, follower.id, seller_id, now_ms=act.now_ms)
