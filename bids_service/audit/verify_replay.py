"""The operator's proof: every command, with all maxima, through the engine once more."""

from collections.abc import Mapping, Sequence

from bids_service.audit.entry import CommandName, Entry
from bids_service.audit.record import Recorded, Tip, record, record_opening
from bids_service.audit.verify_chain import verify_chain
from bids_service.engine.bid import Bid
from bids_service.engine.bidding import Bidding
from bids_service.engine.book import Book, Command, decide, open_book
from bids_service.engine.buy_now import BuyNow
from bids_service.engine.close import Cancel, Close
from bids_service.engine.decision import Accepted
from bids_service.engine.retract import Retract
from bids_service.engine.second_chance import AnswerOffer, ExpireOffer, SecondChance
from bids_service.engine.terms import Terms
from bids_service.errors import NotProven


def verify_replay(
    auction: str,
    terms: Terms,
    entries: Sequence[tuple[Recorded, Entry]],
    placed: Mapping[int, tuple[int, str]],
    *,
    mask_key: str,
) -> Book:
    """The book that the recorded commands come to, each entry written anew and found the same.

    `placed` has the maximum and the salt of every bid by its sequence. Raises NotProven.
    """
    verify_chain((entry, recorded.hash) for recorded, entry in entries)
    opening, _ = entries[0]
    book = open_book(terms)
    again = record_opening(auction, book.bidding, opening.at_ms, salt=opening.salt or "")
    _must_equal(opening, again)
    tip = again.tip
    for recorded, entry in entries[1:]:
        book, tip = _step(book, tip, recorded, entry, placed, mask_key)
    return book


def _step(
    book: Book,
    tip: Tip,
    recorded: Recorded,
    entry: Entry,
    placed: Mapping[int, tuple[int, str]],
    mask_key: str,
) -> tuple[Book, Tip]:
    maximum, salt = placed.get(entry.sequence or 0, (0, recorded.salt or ""))
    command = _command(recorded, entry, book.bidding, maximum)
    decision = decide(book, command, entry.at_ms)
    if not isinstance(decision, Accepted):
        raise NotProven(f"entry {recorded.number}: the rules refuse it ({decision.reason})")
    again = record(tip, command, decision, entry.at_ms, mask_key=mask_key, salt=salt)
    _must_equal(recorded, again)
    return book.after(decision), again.tip


def _must_equal(recorded: Recorded, again: Recorded) -> None:
    if (recorded.text, recorded.hash) != (again.text, again.hash):
        raise NotProven(f"entry {recorded.number}: the rules come to something else")


def _command(recorded: Recorded, entry: Entry, bidding: Bidding, maximum: int) -> Command:
    party, terms, offer = recorded.party or "", bidding.terms, entry.offer or 0
    commands: Mapping[CommandName, Command] = {
        "bid": Bid(bidder=party, maximum=maximum, currency=terms.currency),
        "retract": Retract(bidder=party),
        "buy_now": BuyNow(bidder=party),
        "close": Close(),
        "cancel": Cancel(seller=terms.seller),
        "second_chance": SecondChance(seller=terms.seller, to=party),
        "accept_offer": AnswerOffer(number=offer, bidder=party, accept=True),
        "decline_offer": AnswerOffer(number=offer, bidder=party, accept=False),
        "expire_offer": ExpireOffer(number=offer),
    }
    if entry.command not in commands:
        raise NotProven(f"entry {recorded.number}: the terms come twice")
    return commands[entry.command]
