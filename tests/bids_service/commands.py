"""Commands that have no address on the wire yet, straight to the books."""

import itertools

from service_kit.idempotency import StoredAnswer

from bids_service.engine.book import Command
from bids_service.engine.decision import Decision
from bids_service.engine.retract import Retract
from bids_service.model import Applied, Key
from tests.bids_service.service import AUCTION, Service

_numbers = itertools.count(1)


def command(service: Service, wanted: Command, auction: str = AUCTION) -> Decision:
    """Apply a command under a key of its own; what the books decided."""
    decided: list[Decision] = []

    def answer(applied: Applied) -> StoredAnswer:
        decided.append(applied.decision)
        return StoredAnswer(204, "", {})

    key = Key(client="tests", key=f"command-{next(_numbers)}", fingerprint="")
    service.parts.storage.books.apply(auction, wanted, key, answer)
    return decided[-1]


def retract(service: Service, bidder: str) -> Decision:
    return command(service, Retract(bidder=bidder))
