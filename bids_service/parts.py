"""What both processes of the service work with, built once from the settings."""

from collections.abc import Callable
from dataclasses import dataclass

from service_kit.clock import Clock
from service_kit.idempotency import StoredAnswer
from service_kit.notify import NotifyChannel

from bids_service.desk import Desk
from bids_service.fetch_terms import Auctions
from bids_service.model import Applied
from bids_service.storage.opening import Storage
from bids_service.urls import Urls


@dataclass(frozen=True, slots=True)
class Parts:
    """`learning` notifies of an announced auction that nobody has learned yet."""

    storage: Storage
    desk: Desk
    answer: Callable[[Applied], StoredAnswer]
    auctions: Auctions
    learning: NotifyChannel
    urls: Urls
    clock: Clock

    def close(self) -> None:
        """Close what was opened."""
        self.desk.group_commit.close()
        self.storage.close()
        self.learning.close()
