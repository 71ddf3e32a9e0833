"""The storage of the service as a whole."""

from dataclasses import dataclass

from service_kit.clock import Clock
from service_kit.database import check_migrated, connect, custom_plans
from service_kit.notify import NotifyChannel
from sqlalchemy import Engine

from bids_service.storage.announced import AnnouncedAuctions
from bids_service.storage.books import Books
from bids_service.storage.catalogue import Catalogue
from bids_service.storage.waiting import WaitingCommands
from bids_service.urls import Urls


@dataclass(frozen=True, slots=True)
class Storage:
    """Commands go to `books`, queries to `catalogue`."""

    engine: Engine
    books: Books
    catalogue: Catalogue
    announced: AnnouncedAuctions
    waiting: WaitingCommands
    outbox_channel: NotifyChannel
    waiting_channel: NotifyChannel

    def check(self) -> None:
        """Raise unless the database answers and has this version's tables."""
        check_migrated("bids_service", self.engine)

    def close(self) -> None:
        """Close the connections and the channels."""
        self.engine.dispose()
        self.outbox_channel.close()
        self.waiting_channel.close()


def open_storage(url: str, urls: Urls, clock: Clock) -> Storage:
    """The storage at a database URL; opens no connection yet."""
    engine = connect(url)
    custom_plans(engine)
    outbox_channel = NotifyChannel.for_database(str(engine.url))
    waiting_channel = NotifyChannel.for_database(str(engine.url), "waiting commands")
    return Storage(
        engine=engine,
        books=Books(engine, urls, clock, outbox_channel),
        catalogue=Catalogue(engine),
        announced=AnnouncedAuctions(engine),
        waiting=WaitingCommands(engine, urls, clock, waiting_channel),
        outbox_channel=outbox_channel,
        waiting_channel=waiting_channel,
    )


def open_catalogue(url: str) -> Catalogue:
    """Only what is needed to look at a database; opens no connection yet."""
    return Catalogue(connect(url))
