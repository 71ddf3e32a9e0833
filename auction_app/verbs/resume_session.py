"""Recognise a browser that signed in before."""

from auction_app.errors import SessionExpired
from auction_app.model import Session
from auction_app.storage import sessions
from auction_app.storage.store import Store
from auction_app.verbs.sign_in import digest


def resume_session(store: Store, token: str, *, now_ms: int) -> Session:
    """The session of a token. Raises SessionExpired, also for a revoked one."""
    with store.reading() as conn:
        session = sessions.find(conn, digest(token))
    if session is None or session.expires_at_ms <= now_ms:
        raise SessionExpired("sign in again")
    return session
