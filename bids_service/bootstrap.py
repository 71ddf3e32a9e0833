"""Building the parts from the settings: the one place that knows all of them."""

from dataclasses import dataclass

from bus_drain.fetch import EntityClient
from service_kit.clock import Clock
from service_kit.local import LocalTransport
from service_kit.notify import Channel, NotifyChannel, OpenChannel
from service_kit.store_clock import clock_of_database

from bids_service.commands.apply import apply
from bids_service.commands.decide import Books
from bids_service.commands.group_commit import apply_in_groups
from bids_service.commands.handler import CommandHandler
from bids_service.config import Config
from bids_service.fetch_terms import Auctions
from bids_service.storage.announced_auctions import AnnouncedAuctions
from bids_service.storage.database import Database, open_database
from bids_service.storage.queries import Queries
from bids_service.urls import Urls


@dataclass(frozen=True, slots=True)
class Parts:
    """What both processes of the service work with.

    `importing` notifies of an announced auction that nobody has imported yet.
    """

    database: Database
    books: Books
    handler: CommandHandler
    queries: Queries
    announced: AnnouncedAuctions
    auctions: Auctions
    importing: Channel

    def close(self) -> None:
        """Close what was opened."""
        self.handler.group_commit.close()
        self.database.close()
        self.importing.close()
        self.auctions.close()


def build(
    config: Config,
    *,
    entities: EntityClient | None = None,
    transport: LocalTransport | None = None,
    open_channel: OpenChannel = NotifyChannel.for_database,
    clock: Clock | None = None,
) -> Parts:
    """Build everything; opens no connection yet. `entities` fetches auctions; without it
    `transport` leads to them where they are in this process. Without `clock` the database's decides
    when an auction ends, on whatever machine."""
    urls = Urls(config.public_url, config.commands_url or config.public_url)
    database = open_database(config.database_url, open_channel)
    books = Books(database, urls, clock or clock_of_database(database.engine))
    queries = Queries(database)
    auctions = Auctions(
        entities
        or EntityClient(
            {config.auctions_url: config.auctions_token},
            attempts=1,
            left_alone_s=1,  # a bidder waits
            transport=transport,
        ),
        list_url=f"{config.auctions_url}/",
    )
    group_commit = apply_in_groups(lambda requests: apply(books, requests))
    return Parts(
        database=database,
        books=books,
        handler=CommandHandler(group_commit, books, queries, auctions),
        queries=queries,
        announced=AnnouncedAuctions(database),
        auctions=auctions,
        importing=open_channel(str(database.engine.url), "learning"),
    )
