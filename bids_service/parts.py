"""What both processes of the service work with, built once from the settings."""

from collections.abc import Callable
from dataclasses import dataclass

from service_kit.clock import Clock, now_ms
from service_kit.doorbell import Doorbell
from service_kit.http import HttpClient
from service_kit.idempotency import StoredAnswer

from bids_service.api.answers import answer_command
from bids_service.config import Config
from bids_service.desk import Desk
from bids_service.fetch_terms import Auctions
from bids_service.model import Applied
from bids_service.storage.opening import Storage, open_storage
from bids_service.together import Together
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


def assemble(config: Config, *, http: HttpClient | None = None, clock: Clock = now_ms) -> Parts:
    """Build everything; opens no connection yet. `http` fetches auctions, `clock` tells time."""
    urls = Urls(config.public_url)
    storage = open_storage(config.database_url, urls, clock)
    auctions = Auctions(http or HttpClient({config.auctions_url: config.auctions_token}))

    def answer(applied: Applied) -> StoredAnswer:
        return answer_command(applied, urls)

    desk = Desk(
        together=Together(lambda orders: storage.books.apply(orders, answer)),
        books=storage.books,
        waiting=storage.waiting,
        catalogue=storage.catalogue,
        auctions=auctions,
    )
    return Parts(
        storage=storage,
        desk=desk,
        answer=answer,
        auctions=auctions,
        learning=Doorbell.for_database(str(storage.engine.url), "learning"),
        urls=urls,
        clock=clock,
    )
