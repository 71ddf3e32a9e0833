"""What both processes of the service work with, built once from the settings."""

from collections.abc import Callable
from dataclasses import dataclass

from service_kit.clock import Clock
from service_kit.doorbell import Doorbell
from service_kit.idempotency import StoredAnswer

from bids_service.desk import Desk
from bids_service.fetch_terms import Auctions
from bids_service.model import Applied
from bids_service.storage.opening import Storage
from bids_service.urls import Urls


@dataclass(frozen=True, slots=True)
class Parts:
    """`learning` rings when an auction was announced that nobody has learned yet."""

    storage: Storage
    desk: Desk
    answer: Callable[[Applied], StoredAnswer]
    auctions: Auctions
    learning: Doorbell
    urls: Urls
    clock: Clock

    def close(self) -> None:
        """Close what was opened."""
        self.desk.together.close()
        self.storage.close()
        self.learning.close()
