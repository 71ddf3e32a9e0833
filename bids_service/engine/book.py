"""A bidding with its whole history and every command on it, for replay and the simulator."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import assert_never

from bids_service.engine.bid import Bid, place_bid
from bids_service.engine.bidding import Bidding, PlacedBid, open_bidding
from bids_service.engine.buy_now import BuyNow, buy_now
from bids_service.engine.close import Cancel, Close, cancel, close
from bids_service.engine.decision import Accepted, Decision
from bids_service.engine.house import (
    Bar,
    End,
    Freeze,
    Resume,
    Unbar,
    bar,
    end,
    freeze,
    resume,
    unbar,
)
from bids_service.engine.offer import Offer
from bids_service.engine.retract import Retract, retract
from bids_service.engine.second_chance import (
    AnswerOffer,
    ExpireOffer,
    SecondChance,
    end_offer,
    offer_second_chance,
)
from bids_service.engine.terms import Terms

Decree = Freeze | Resume | End | Bar | Unbar
"""What the house commands."""
Command = (
    Bid | Retract | BuyNow | Close | Cancel | SecondChance | AnswerOffer | ExpireOffer | Decree
)


@dataclass(frozen=True, slots=True)
class Book:
    """`bids` are those that count, oldest first; `offers` are all second chances, by number."""

    bidding: Bidding
    bids: tuple[PlacedBid, ...] = ()
    offers: tuple[Offer, ...] = ()

    def after(self, decision: Decision) -> "Book":
        """The book once a decision has been written down; a refusal leaves it as it is."""
        if not isinstance(decision, Accepted):
            return self
        bids = self.bids
        if decision.retracted:
            bids = tuple(bid for bid in bids if bid.sequence not in decision.retracted)
        if decision.bid:
            bids = (*bids, decision.bid)
        offers = self.offers
        if decision.offer:
            at = decision.offer.number - 1
            offers = (*offers[:at], decision.offer, *offers[at + 1 :])
        return Book(decision.bidding, bids, offers)


def open_book(terms: Terms) -> Book:
    """A book nobody has written in."""
    return Book(open_bidding(terms))


def looks_back(command: Command) -> bool:
    """Whether a command asks for the bids and offers before it; a bid never does."""
    return isinstance(command, Retract | SecondChance | AnswerOffer | ExpireOffer | Bar)


def decide(book: Book, command: Command, now_ms: int) -> Decision:
    """Apply the rules to one command. Pure: the book stays as it is."""
    if isinstance(command, Decree):
        return _decreed(book, command, now_ms)
    match command:
        case Bid():
            return place_bid(book.bidding, command, now_ms)
        case Retract():
            return retract(book.bidding, book.bids, command, now_ms)
        case BuyNow():
            return buy_now(book.bidding, command, now_ms)
        case Close():
            return close(book.bidding, now_ms)
        case _:
            return _by_seller_or_offer(book, command, now_ms)


def _by_seller_or_offer(
    book: Book, command: Cancel | SecondChance | AnswerOffer | ExpireOffer, now_ms: int
) -> Decision:
    match command:
        case Cancel():
            return cancel(book.bidding, command, now_ms)
        case SecondChance():
            return offer_second_chance(book.bidding, book.bids, book.offers, command, now_ms)
        case AnswerOffer() | ExpireOffer():
            return end_offer(book.bidding, book.offers, command, now_ms)
        case _:
            assert_never(command)


def _decreed(book: Book, command: Decree, now_ms: int) -> Decision:
    match command:
        case Freeze():
            return freeze(book.bidding, now_ms)
        case Resume():
            return resume(book.bidding, now_ms)
        case End():
            return end(book.bidding, now_ms)
        case Bar():
            return bar(book.bidding, book.bids, command, now_ms)
        case Unbar():
            return unbar(book.bidding, command, now_ms)
        case _:
            assert_never(command)


def play(terms: Terms, commands: Iterable[tuple[Command, int]]) -> Iterator[tuple[Book, Decision]]:
    """Each command's decision and the book after it; the commands come with their times in ms."""
    book = open_book(terms)
    for command, at_ms in commands:
        decision = decide(book, command, at_ms)
        book = book.after(decision)
        yield book, decision
