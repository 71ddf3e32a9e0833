"""What every page says of maintenance, known without asking the database for every page."""

import time

from service_kit.errors import StoreUnavailable

from auction_app.db.store import Store
from auction_app.maintenance import repository
from auction_app.maintenance.model import Maintenance

_GOOD_FOR_S = 0.5
"""What another process announced is known here so late, at most."""


class Board:
    """The maintenance that comes next, or that is now."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: Maintenance | None = None
        self._looked_at_s = float("-inf")

    def current(self) -> Maintenance | None:
        """What to tell of. While the database is away, what was told last."""
        if time.monotonic() - self._looked_at_s > _GOOD_FOR_S:
            self._look()
        known = self._known
        return None if known is None or known.is_over(self._store.clock()) else known

    def forget(self) -> None:
        """Something was announced or ended here: look again."""
        self._looked_at_s = float("-inf")

    def _look(self) -> None:
        self._looked_at_s = time.monotonic()  # first, or everybody would look at once
        try:
            with self._store.reading() as conn:
                found = repository.to_come(conn, now_ms=self._store.clock(), limit=1)
        except StoreUnavailable:
            return
        self._known = found[0] if found else None
