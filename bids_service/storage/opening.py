"""The storage of the service as a whole."""

from dataclasses import dataclass

from service_kit.clock import Clock
from service_kit.database import check_migrated, connect, plan_anew
from service_kit.doorbell import Doorbell
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
    outbox_bell: Doorbell
    waiting_bell: Doorbell

    def check(self) -> None:
        """Raise unless the database answers and has this version's tables."""
        check_migrated("bids_service", self.engine)

    def close(self) -> None:
        """Close the connections and the bells."""
        self.engine.dispose()
        self.outbox_bell.close()
        self.waiting_bell.close()


def open_storage(url: str, urls: Urls, clock: Clock) -> Storage:
    """The storage at a database URL; opens no connection yet."""
    engine = connect(url)
    plan_anew(engine)
    outbox_bell = Doorbell.for_database(str(engine.url))
    waiting_bell = Doorbell.for_database(str(engine.url), "waiting commands")
    return Storage(
        engine=engine,
        books=Books(engine, urls, clock, outbox_bell),
        catalogue=Catalogue(engine),
        announced=AnnouncedAuctions(engine),
        waiting=WaitingCommands(engine, urls, clock, waiting_bell),
        outbox_bell=outbox_bell,
        waiting_bell=waiting_bell,
    )


def open_catalogue(url: str) -> Catalogue:
    """Only what is needed to look at a database; opens no connection yet."""
    return Catalogue(connect(url))
