"""What follows in the same commit when something happens to an account."""

from auction_app.accounts.outcomes import AccountBanned, AccountReopened, SessionOpened
from auction_app.accounts.repository import customers, sessions
from auction_app.db.unit_of_work import UnitOfWork


def note_last_seen(act: UnitOfWork, opened: SessionOpened) -> None:
    """Note when the customer was last here."""
    customers.seen(act.conn, opened.customer_id, now_ms=act.now_ms)


def end_sessions(act: UnitOfWork, closed: AccountBanned) -> None:
    """Nobody goes on in an account that is closed."""
    sessions.remove_of(act.conn, closed.customer_id)


def announce_changed(act: UnitOfWork, changed: AccountBanned | AccountReopened) -> None:
    """Tell the world that an account changed."""
    act.announce("customers", "update", act.urls.customer(changed.customer_id))
