"""Which terms of use hold, for whoever opens an account."""

from auction_app.db.store import Store
from auction_app.house_pages import repository as pages


def terms_version(store: Store) -> str:
    """The label of their current version."""
    with store.reading() as conn:
        return pages.current(conn, "terms").label
