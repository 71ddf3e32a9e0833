"""The operator's proof: every command, with all maxima, through the engine once more."""

from collections.abc import Mapping

import msgspec

from bids_service.audit.entry import CommandName, Entry
from bids_service.audit.record import Recorded, record, record_opening
from bids_service.engine.bid import Bid
from bids_service.engine.bidding import PlacedBid, open_bidding
from bids_service.engine.book import Book, Command, decide, looks_back
from bids_service.engine.buy_now import BuyNow
from bids_service.engine.close import Cancel, Close
from bids_service.engine.decision import Accepted
from bids_service.engine.house import Bar, End, Freeze, Resume, Unbar
from bids_service.engine.offer import Offer
from bids_service.engine.retract import Retract
from bids_service.engine.second_chance import AnswerOffer, ExpireOffer, SecondChance
from bids_service.engine.terms import Terms
from bids_service.errors import NotProven

_FIELDS = ("number", "at_ms", "party", "salt", "text", "hash")


class Replay:
    """A bidding played once more from its record, an entry at a time; it keeps the bids that count.

    Built from the first entry. Raises NotProven where an entry isn't what the rules come to.
    """

    def __init__(self, auction: str, terms: Terms, opening: Recorded, *, mask_key: str) -> None:
        self.bidding = open_bidding(terms)
        again = record_opening(auction, self.bidding, opening.at_ms, salt=opening.salt or "")
        _must_equal(opening, again)
        self.tip = again.tip
        self.offers: dict[int, Offer] = {}
        self._bids: dict[int, PlacedBid] = {}
        self._mask_key = mask_key

    def follow(self, recorded: Recorded, entry: Entry, *, maximum: int, salt: str) -> Accepted:
        """Play the next entry; what it came to. `maximum` is a bid's, `salt` opens what is hidden.

        `entry` is what `recorded` has as text.
        """
        command = self._command(recorded, entry, maximum)
        decision = decide(self._book(command), command, entry.at_ms)
        if not isinstance(decision, Accepted):
            raise NotProven(f"entry {recorded.number}: the rules refuse it ({decision.reason})")
        if not decision.events:
            raise NotProven(f"entry {recorded.number}: it had its effect before")
        again = record(self.tip, command, decision, entry.at_ms, mask_key=self._mask_key, salt=salt)
        _must_equal(recorded, again)
        self.tip = again.tip
        self._enter(decision)
        return decision

    def _book(self, command: Command) -> Book:
        if not looks_back(command):
            return Book(self.bidding)
        return Book(self.bidding, tuple(self._bids.values()), tuple(self.offers.values()))

    def _enter(self, decision: Accepted) -> None:
        self.bidding = decision.bidding
        for sequence in decision.retracted:
            del self._bids[sequence]
        if decision.bid is not None:
            self._bids[decision.bid.sequence] = decision.bid
        if decision.offer is not None:
            self.offers[decision.offer.number] = decision.offer

    def _command(self, recorded: Recorded, entry: Entry, maximum: int) -> Command:
        party, terms, offer = recorded.party or "", self.bidding.terms, entry.offer or 0
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
            "freeze": Freeze(),
            "resume": Resume(),
            "end": End(),
            "bar": Bar(bidder=party),
            "unbar": Unbar(bidder=party),
        }
        if entry.command not in commands:
            raise NotProven(f"entry {recorded.number}: the terms come twice")
        return commands[entry.command]


def read_entry(recorded: Recorded) -> Entry:
    """What an entry's text says. Raises NotProven."""
    try:
        return msgspec.json.decode(recorded.text, type=Entry)
    except (msgspec.DecodeError, RecursionError) as error:
        raise NotProven(f"entry {recorded.number}: text is malformed") from error


def _must_equal(recorded: Recorded, again: Recorded) -> None:
    for name in _FIELDS:
        if getattr(recorded, name) != getattr(again, name):
            raise NotProven(f"entry {recorded.number}: {name} is not what the rules come to")
