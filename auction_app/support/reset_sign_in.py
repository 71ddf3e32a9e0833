"""Let a member in again who has lost everything but the password."""

from auction_app.accounts.repository import customers, sessions
from auction_app.db.store import Store
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import NotFound, NotPossible
from auction_app.factors import two_factor
from auction_app.factors.model import What
from auction_app.factors.repository import app_factors, passkeys
from auction_app.moderation.repository import reports

OPERATOR = "operator"
"""Who did it, on the trail."""
_ACTION = "reset-sign-in"


def reset_second_factors(store: Store, email: str, *, note: str) -> str:
    """Forget the member's app, recovery codes and passkeys, and end all sessions: the password
    alone signs in from then on. The member hears of it by mail, and the trail keeps the note.
    Returns the member's name.

    Raises NotFound for an address without an account, NotPossible where there is nothing to reset.
    """
    with store.begin() as act:
        found = customers.by_email(act.conn, email)
        if found is None:
            raise NotFound("no account has this address")
        member = found[0]
        customers.locked(act.conn, member.id)
        if not app_factors.of_customer(act.conn, member.id) and not passkeys.of_customer(
            act.conn, member.id
        ):
            raise NotPossible("two_factor")
        passkeys.forget(act.conn, member.id)
        turn_off(act, member.id, "second-factors-reset", note=note)
    return member.name


def turn_off(act: UnitOfWork, customer_id: str, what: What, *, note: str) -> None:
    """Ask for no code any more, and say so to the member and on the trail."""
    app_factors.remove(act.conn, customer_id)
    sessions.remove_of(act.conn, customer_id)
    two_factor.tell(act, customer_id, what)
    reports.note(
        act.conn,
        actor_id=OPERATOR,
        action=_ACTION,
        subject=act.urls.customer(customer_id),
        note=note,
        form_key=None,
        now_ms=act.now_ms,
    )
