"""See where one is signed in, and end what should not be."""

from auction_app.errors import NotFound
from auction_app.model import Customer, OpenSession
from auction_app.storage import sessions
from auction_app.storage.store import Store
from auction_app.verbs.sign_in import digest

_HANDLE = 16


def own_sessions(store: Store, customer: Customer, *, token: str, now_ms: int) -> list[OpenSession]:
    """The customer's sessions, newest first; `token` is the one that asks."""
    with store.reading() as conn:
        found = sessions.of_customer(conn, customer.id, now_ms=now_ms)
    here = digest(token)
    return [
        OpenSession(
            handle=known[:_HANDLE], agent=agent, created_at_ms=opened, current=known == here
        )
        for known, agent, opened in found
    ]


def end_session(store: Store, customer: Customer, handle: str, *, now_ms: int) -> None:
    """End one of the customer's own sessions. Raises NotFound."""
    with store.writing() as conn:
        for known, _agent, _opened in sessions.of_customer(conn, customer.id, now_ms=now_ms):
            if known[:_HANDLE] == handle:
                sessions.remove(conn, known)
                return
    raise NotFound("no such session")


def end_other_sessions(store: Store, customer: Customer, *, token: str) -> None:
    """End all of the customer's sessions but the one that asks."""
    with store.writing() as conn:
        sessions.remove_of(conn, customer.id, keep=digest(token))
