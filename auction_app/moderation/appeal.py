"""Whom a decision concerns says why it is wrong."""

from auction_app.db.store import Store
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import NotFound, NotPossible
from auction_app.moderation.model import Decision
from auction_app.moderation.repository import decisions
from auction_app.signatures import Signatures

_USE = "appeal"


def appeal(act: UnitOfWork, decision_id: str, customer_id: str, text: str) -> None:
    """Have the moderators look again; once for a decision.

    Raises NotFound (also for somebody else's), NotPossible when it is too late or was done.
    """
    decision = decisions.locked(act.conn, decision_id)
    if decision.customer_id != customer_id:
        raise NotFound("somebody else's decision")
    if not decision.may_appeal(act.now_ms):
        raise NotPossible("appeal")
    decisions.appeal(act.conn, decision_id, text, now_ms=act.now_ms)


def appeal_token(signatures: Signatures, decision: Decision) -> str:
    """What lets whom it concerns appeal without signing in: a closed account can't."""
    return signatures.link_token(_USE, decision.customer_id, decision.id)


def account_token(signatures: Signatures, customer_id: str) -> str:
    """The same for whoever has just shown the password of a closed account."""
    return signatures.link_token(_USE, customer_id)


def decision_of(store: Store, signatures: Signatures, token: str) -> Decision:
    """The decision that a token leads to. Raises LinkDead, NotFound."""
    customer_id, decision_id = signatures.read_link(_USE, token)
    with store.reading() as conn:
        if decision_id:
            return decisions.by_id(conn, decision_id)
        bans = decisions.bans_of(conn, customer_id)
    if not bans:
        raise NotFound("the account is not closed by a decision")
    return bans[0]
