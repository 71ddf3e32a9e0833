"""Commands straight to the books, to see what was decided rather than what was answered."""

import itertools

from service_kit.idempotency import StoredAnswer

from bids_service.engine.book import Command
from bids_service.engine.decision import Decision
from bids_service.engine.retract import Retract
from bids_service.model import Applied, Key, Order
from tests.bids_service.service import AUCTION, Service

_numbers = itertools.count(1)


def command(service: Service, wanted: Command, auction: str = AUCTION) -> Decision:
    """Apply a command under a key of its own; what the books decided."""
    decided: list[Decision] = []

    def answer(applied: Applied) -> StoredAnswer:
        decided.append(applied.decision)
        return StoredAnswer(204, "", {})

    key = Key(client="tests", key=f"command-{next(_numbers)}", fingerprint="")
    order = Order(auction=auction, command=wanted, key=key)
    service.parts.storage.books.apply([order], answer)
    return decided[-1]


def retract(service: Service, bidder: str) -> Decision:
    return command(service, Retract(bidder=bidder))
