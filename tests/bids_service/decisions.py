"""Commands straight to the books, to see what was decided rather than what was answered."""

from bids_service.commands.decide import decide_all
from bids_service.engine.book import Command
from bids_service.engine.decision import Decision
from bids_service.engine.retract import Retract
from bids_service.storage.biddings import lock
from tests.bids_service.service import AUCTION, Service


def command(service: Service, wanted: Command, auction: str = AUCTION) -> Decision:
    """Apply a command; what the books decided."""
    books = service.parts.books
    with books.database.writing() as transaction:
        locked = lock(transaction, [auction])
        (applied,) = decide_all(books, transaction, locked, [(auction, wanted)])
    return applied.decision


def retract(service: Service, bidder: str) -> Decision:
    return command(service, Retract(bidder=bidder))
