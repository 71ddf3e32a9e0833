"""See where one is signed in, and end what should not be."""

from service_kit.tokens import digest

from auction_app.accounts.model import Customer, OpenSession, Session
from auction_app.accounts.repository import sessions
from auction_app.db.store import Store
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import NotFound, SessionExpired

_HANDLE = 16


def own_sessions(store: Store, customer: Customer, *, token: str) -> list[OpenSession]:
    """The customer's sessions, newest first; `token` is the one that asks."""
    with store.reading() as conn:
        found = sessions.of_customer(conn, customer.id, now_ms=store.clock())
    here = digest(token)
    return [
        OpenSession(
            handle=known[:_HANDLE],
            agent=agent,
            created_at_ms=opened,
            current=known == here,
            proved_by=proved_by,
        )
        for known, agent, opened, proved_by in found
    ]


def end_session(act: UnitOfWork, customer: Customer, handle: str) -> None:
    """End one of the customer's own sessions. Raises NotFound."""
    for known, *_rest in sessions.of_customer(act.conn, customer.id, now_ms=act.now_ms):
        if known[:_HANDLE] == handle:
            sessions.remove(act.conn, known)
            return
    raise NotFound("no such session")


def end_other_sessions(act: UnitOfWork, customer: Customer, *, token: str) -> None:
    """End all of the customer's sessions but the one that asks."""
    sessions.remove_of(act.conn, customer.id, keep=digest(token))


def resume_session(store: Store, token: str) -> Session:
    """The session of a token. Raises SessionExpired, also for a revoked one."""
    session = store.remembered(sessions.find, digest(token))
    if session is None or session.expires_at_ms <= store.clock():
        raise SessionExpired("sign in again")
    return session


def sign_out(act: UnitOfWork, token: str) -> None:
    """End the session of a token; may be repeated."""
    sessions.remove(act.conn, digest(token))
