"""What both processes of the service work with, built once from the settings."""

from dataclasses import dataclass

from service_kit.clock import Clock, now_ms
from service_kit.doorbell import Doorbell
from service_kit.http import HttpClient

from bids_service.config import Config
from bids_service.fetch_terms import Auctions
from bids_service.storage.opening import Storage, open_storage
from bids_service.urls import Urls


@dataclass(frozen=True, slots=True)
class Parts:
    """`learning` rings when an auction was announced that nobody has learned yet."""

    storage: Storage
    auctions: Auctions
    learning: Doorbell
    urls: Urls
    clock: Clock

    def close(self) -> None:
        """Close what was opened."""
        self.storage.close()
        self.learning.close()


def assemble(config: Config, *, http: HttpClient | None = None, clock: Clock = now_ms) -> Parts:
    """Build everything; opens no connection yet. `http` fetches auctions, `clock` tells time."""
    urls = Urls(config.public_url)
    storage = open_storage(config.database_url, urls, clock)
    return Parts(
        storage=storage,
        auctions=Auctions(http or HttpClient({config.auctions_url: config.auctions_token})),
        learning=Doorbell.for_database(str(storage.engine.url), "learning"),
        urls=urls,
        clock=clock,
    )
