"""Writing the next entry of a bidding's record."""

from dataclasses import dataclass, field
from typing import assert_never

from bids_service.audit.commitments import commitment, mask
from bids_service.audit.entry import (
    BEGINNING,
    CommandName,
    Entry,
    PublicRuleset,
    PublicSoftClose,
    PublicTerms,
    canonical,
    hash_of,
    state_of,
)
from bids_service.engine.bid import Bid
from bids_service.engine.bidding import Bidding
from bids_service.engine.book import Command
from bids_service.engine.buy_now import BuyNow
from bids_service.engine.close import Cancel, Close
from bids_service.engine.decision import Accepted
from bids_service.engine.house import Bar, End, Freeze, Resume, Unbar
from bids_service.engine.offer import OfferStatus
from bids_service.engine.retract import Retract
from bids_service.engine.second_chance import AnswerOffer, ExpireOffer, SecondChance
from bids_service.engine.terms import SoftClose, Terms

_OFFER_ENDS: dict[OfferStatus, CommandName] = {
    OfferStatus.ACCEPTED: "accept_offer",
    OfferStatus.DECLINED: "decline_offer",
    OfferStatus.EXPIRED: "expire_offer",
}
_NAMES: dict[type[Command], CommandName] = {
    Bid: "bid",
    Retract: "retract",
    BuyNow: "buy_now",
    Close: "close",
    Cancel: "cancel",
    Freeze: "freeze",
    Resume: "resume",
    End: "end",
    Bar: "bar",
    Unbar: "unbar",
}


@dataclass(frozen=True, slots=True)
class Tip:
    """Where a bidding's record ends: how many entries there are, and the hash of the last."""

    length: int = 0
    hash: str = BEGINNING


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An entry as it is stored: its canonical text and hash, and what only its parties may know.

    `party` is the URL of the bidder concerned, `salt` opens the commitment.
    """

    number: int
    text: str
    hash: str
    at_ms: int
    party: str | None = None
    salt: str | None = field(default=None, repr=False)

    @property
    def tip(self) -> Tip:
        """Where the record ends with this entry."""
        return Tip(self.number, self.hash)


def record_opening(auction: str, bidding: Bidding, at_ms: int, *, salt: str) -> Recorded:
    """The first entry: the terms, with a commitment to the reserve."""
    terms = bidding.terms
    entry = Entry(
        number=1,
        previous=BEGINNING,
        at_ms=at_ms,
        command="open",
        state=state_of(bidding, None),
        terms=_public_terms(auction, terms, salt),
    )
    return _recorded(entry, None, salt if terms.reserve is not None else None)


def record(
    tip: Tip, command: Command, decision: Accepted, at_ms: int, *, mask_key: str, salt: str
) -> Recorded:
    """The entry of an accepted command, after the entries up to `tip`.

    `salt` is used where there is an amount to hide.
    """
    party = party_of(command, decision)
    hidden = _hidden_amount(decision)
    bidding, bid = decision.bidding, decision.bid
    leader = bidding.leader
    entry = Entry(
        number=tip.length + 1,
        previous=tip.hash,
        at_ms=at_ms,
        command=_name_of(command, decision),
        state=state_of(bidding, mask(mask_key, leader) if leader else None),
        by=mask(mask_key, party) if party else None,
        commitment=None if hidden is None else commitment(salt, hidden, bidding.terms.currency),
        sequence=bid.sequence if bid else None,
        standing=bid.standing if bid else None,
        retracted=tuple(sorted(decision.retracted)),
        offer=decision.offer.number if decision.offer else None,
    )
    return _recorded(entry, party, salt if hidden is not None else None)


def party_of(command: Command, decision: Accepted) -> str | None:
    """The URL of the bidder whom a command concerns."""
    match command:
        case Bid() | Retract() | BuyNow() | AnswerOffer() | Bar() | Unbar():
            return command.bidder
        case SecondChance():
            return command.to
        case ExpireOffer():
            return decision.offer.bidder if decision.offer else None
        case Close() | Cancel() | Freeze() | Resume() | End():
            return None
        case _:
            assert_never(command)


def _hidden_amount(decision: Accepted) -> int | None:
    if decision.bid is not None:
        return decision.bid.maximum
    if decision.offer is not None and decision.offer.status is OfferStatus.OPEN:
        return decision.offer.price
    return None


def _name_of(command: Command, decision: Accepted) -> CommandName:
    named = _NAMES.get(type(command))
    if named is not None:
        return named
    assert decision.offer is not None
    return _OFFER_ENDS.get(decision.offer.status, "second_chance")


def _public_terms(auction: str, terms: Terms, salt: str) -> PublicTerms:
    reserve = terms.reserve
    return PublicTerms(
        auction=auction,
        seller=terms.seller,
        currency=terms.currency,
        start_price=terms.start_price,
        increments=terms.increments.rows,
        starts_at_ms=terms.starts_at_ms,
        ends_at_ms=terms.ends_at_ms,
        reserve=None if reserve is None else commitment(salt, reserve, terms.currency),
        buy_now=terms.buy_now,
        soft_close=_public_soft_close(terms.soft_close),
        hard_end_at_ms=terms.hard_end_at_ms,
        ruleset=PublicRuleset(),
    )


def _public_soft_close(soft_close: SoftClose | None) -> PublicSoftClose | None:
    if soft_close is None:
        return None
    return PublicSoftClose(window_ms=soft_close.window_ms, extension_ms=soft_close.extension_ms)


def _recorded(entry: Entry, party: str | None, salt: str | None) -> Recorded:
    text = canonical(entry)
    return Recorded(
        number=entry.number,
        text=text.decode(),
        hash=hash_of(text),
        at_ms=entry.at_ms,
        party=party,
        salt=salt,
    )
