"""Which terms of use hold, for whoever opens an account or has one."""

import time

from service_kit.errors import StoreUnavailable

from auction_app.db.store import Store
from auction_app.house_pages import repository as pages

_GOOD_FOR_S = 0.5
"""What another process saved is known here so late, at most."""


class TermsOfUse:
    """The label of their current version, which pages need not ask the database for each time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: str | None = None
        self._looked_at_s = float("-inf")

    def now(self) -> str:
        """As the database has it."""
        self._known = terms_version(self._store)
        return self._known

    def lately(self) -> str | None:
        """The same, perhaps half a second old; while the database is away, what was known last."""
        if time.monotonic() - self._looked_at_s > _GOOD_FOR_S:
            self._looked_at_s = time.monotonic()  # first, or everybody would look at once
            try:
                return self.now()
            except StoreUnavailable:
                return self._known
        return self._known


def terms_version(store: Store) -> str:
    """The label of their current version."""
    with store.reading() as conn:
        return pages.current(conn, "terms").label
