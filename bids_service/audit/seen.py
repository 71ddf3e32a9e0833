"""What a reader of a record knows after some entries, and what each of them must come to."""

from dataclasses import dataclass, replace

from bids_service.audit.entry import Entry, PublicState, state_of
from bids_service.engine.bidding import Bidding, Lead, Outcome, PlacedBid


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reader knows after some entries; `standing` are the bids that count, by sequence."""

    bidding: Bidding
    has_reserve: bool
    standing: tuple[PlacedBid, ...] = ()
    sequence: int = 0


class Broken(Exception):
    """A rule that an entry breaks."""


def must(holds: bool, rule: str) -> None:
    """Raise Broken unless the rule holds."""
    if not holds:
        raise Broken(rule)


def ended(seen: Seen, entry: Entry, bidding: Bidding, outcome: Outcome) -> Seen:
    """What is known once a bidding closed with an outcome. Raises Broken, as all of these do."""
    after = replace(
        bidding,
        outcome=outcome,
        closed_at_ms=entry.at_ms,
        buy_now_available=False,
        frozen_at_ms=None,
    )
    must(entry.state == face_of(after), "the result is not what the bids come to")
    return replace(seen, bidding=after)


def after_entry(seen: Seen, entry: Entry, *, buy_now_available: bool) -> Bidding:
    """The bidding with the lead that an entry's state tells of."""
    state = entry.state
    lead = None
    if state.leader is not None and state.price is not None:
        # Nobody reads this maximum: it stands for one that is not known here.
        lead = Lead(
            bidder=state.leader,
            maximum=state.price,
            price=state.price,
            reserve_met=state.reserve_met,
        )
    return replace(seen.bidding, lead=lead, buy_now_available=buy_now_available)


def face_of(bidding: Bidding) -> PublicState:
    """What all may see of a bidding whose bidders are masked already."""
    return state_of(bidding, bidding.leader)
