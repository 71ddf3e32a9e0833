"""Terms and commands for tests of the engine: a step of 10, a week from 0, times in ms."""

from collections.abc import Iterable
from typing import Any

from bids_service.engine.bid import Bid
from bids_service.engine.book import Book, Command, decide, open_book, play
from bids_service.engine.decision import Accepted, Refused
from bids_service.engine.increments import IncrementTable
from bids_service.engine.terms import Terms

HOUR_MS = 3_600_000
WEEK_MS = 7 * 24 * HOUR_MS


def terms(**changes: Any) -> Terms:
    usual: dict[str, Any] = {
        "seller": "seller",
        "currency": "USD",
        "start_price": 100,
        "increments": IncrementTable.of([[0, 10]]),
        "starts_at_ms": 0,
        "ends_at_ms": WEEK_MS,
    }
    return Terms(**(usual | changes))


def bid(bidder: str, maximum: int, currency: str = "USD") -> Bid:
    return Bid(bidder=bidder, maximum=maximum, currency=currency)


def book_of(*bids: tuple[str, int], **changes: Any) -> Book:
    """A book after these accepted bids, one a second."""
    book = open_book(terms(**changes))
    for number, (bidder, maximum) in enumerate(bids, start=1):
        decision = decide(book, bid(bidder, maximum), number * 1000)
        assert isinstance(decision, Accepted), decision
        book = book.after(decision)
    return book


def replay(terms: Terms, commands: Iterable[tuple[Command, int]]) -> Book:
    """The book after recorded commands, each with its time in ms, in the recorded order."""
    books = [book for book, _ in play(terms, commands)]
    return books[-1] if books else open_book(terms)


def accepted(book: Book, command: Command, now_ms: int) -> Accepted:
    decision = decide(book, command, now_ms)
    assert isinstance(decision, Accepted), decision
    return decision


def refused(book: Book, command: Command, now_ms: int) -> Refused:
    decision = decide(book, command, now_ms)
    assert isinstance(decision, Refused), decision
    return decision
