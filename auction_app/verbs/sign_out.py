"""End a session."""

from auction_app.storage import sessions
from auction_app.storage.store import Store
from auction_app.verbs.sign_in import digest


def sign_out(store: Store, token: str) -> None:
    """End the session of a token; may be repeated."""
    with store.writing() as conn:
        sessions.remove(conn, digest(token))
