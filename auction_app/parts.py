"""What all features work with."""

from contextlib import AbstractContextManager
from dataclasses import dataclass

from service_kit.clock import Clock

from auction_app.config import Config
from auction_app.db.store import Store
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.signatures import Signatures
from auction_app.urls import Urls


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Built once (bootstrap.py) and handed to every feature; what only some need is given to
    those beside it."""

    config: Config
    store: Store
    signatures: Signatures
    urls: Urls
    clock: Clock

    def begin(self) -> AbstractContextManager[UnitOfWork]:
        """A transaction that may write."""
        return self.store.begin()
