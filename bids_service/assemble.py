"""Building the parts from the settings: the one place that knows all of them."""

from service_kit.clock import Clock, now_ms
from service_kit.http import HttpClient
from service_kit.idempotency import StoredAnswer
from service_kit.notify import NotifyChannel

from bids_service.api.answers import answer_command
from bids_service.carry_out_together import carry_out_together
from bids_service.config import Config
from bids_service.desk import Desk
from bids_service.fetch_terms import Auctions
from bids_service.model import Applied
from bids_service.parts import Parts
from bids_service.storage.opening import open_storage
from bids_service.urls import Urls


def assemble(config: Config, *, http: HttpClient | None = None, clock: Clock = now_ms) -> Parts:
    """Build everything; opens no connection yet. `http` fetches auctions, `clock` tells time."""
    urls = Urls(config.public_url, config.commands_url or config.public_url)
    storage = open_storage(config.database_url, urls, clock)
    auctions = Auctions(http or HttpClient({config.auctions_url: config.auctions_token}))

    def answer(applied: Applied) -> StoredAnswer:
        return answer_command(applied, urls)

    desk = Desk(
        group_commit=carry_out_together(lambda orders: storage.books.apply(orders, answer)),
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
        learning=NotifyChannel.for_database(str(storage.engine.url), "learning"),
        urls=urls,
        clock=clock,
    )
