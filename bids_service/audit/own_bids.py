"""What a bidder can prove beyond everybody else: that the own maxima were treated rightly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bids_service.audit.commitments import commitment
from bids_service.audit.entry import Entry
from bids_service.audit.verify_chain import Linked
from bids_service.audit.verify_rules import terms_of
from bids_service.engine.bidding import Standing
from bids_service.engine.increments import IncrementTable
from bids_service.engine.terms import Terms
from bids_service.errors import NotProven


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A bidder's own bid: what opens the commitment in the entry that `receipt` is the hash of."""

    receipt: str
    maximum: int = field(repr=False)
    salt: str = field(repr=False)


def verify_own_bids(record: Sequence[Linked], own: Sequence[Opened]) -> int:
    """Open the commitments to a bidder's own maxima and check what depends on them.

    Returns how many were opened. Raises NotProven: a bid isn't on record, was recorded with
    another maximum, paid or led above its maximum, or lost at a price that it should have beaten.
    """
    terms = record[0].entry.terms
    if terms is None:
        raise NotProven("the record does not begin with the terms")
    opened = _opened(record, own, terms.currency)
    mine = {one.entry.by for one in record if one.hash in opened}
    if len(mine) > 1:
        raise NotProven("these are the bids of more than one bidder")
    if mine:
        me = mine.pop() or ""
        _follow(record, me, opened, terms_of(terms))
    return len(opened)


def _opened(record: Sequence[Linked], own: Sequence[Opened], currency: str) -> Mapping[str, int]:
    by_hash = {one.hash: one.entry for one in record}
    opened = {}
    for bid in own:
        entry = by_hash.get(bid.receipt)
        if entry is None:
            raise NotProven(f"the bid with the receipt {bid.receipt} is not on record")
        if entry.commitment != commitment(bid.salt, bid.maximum, currency):
            raise NotProven(f"entry {entry.number} was recorded with another maximum than yours")
        opened[bid.receipt] = bid.maximum
    return opened


def _follow(record: Sequence[Linked], me: str, opened: Mapping[str, int], terms: Terms) -> None:
    """`maxima` are those of my bids that count; None for one that was not opened here."""
    maxima: dict[int, int | None] = {}
    has_reserve = record[0].entry.terms is not None and record[0].entry.terms.reserve is not None
    led = False
    for one in record:
        entry = one.entry
        for sequence in entry.retracted:
            maxima.pop(sequence, None)
        if entry.by == me and entry.sequence is not None:
            maxima[entry.sequence] = opened.get(one.hash)
        known = [maximum for maximum in maxima.values() if maximum is not None]
        if entry.command == "bid" and known and len(known) == len(maxima):
            _check(entry, me, max(known), None if has_reserve else terms.increments, led=led)
        led = entry.state.leader == me


def _check(entry: Entry, me: str, maximum: int, steps: IncrementTable | None, *, led: bool) -> None:
    price = entry.state.price or 0
    if entry.state.leader == me:
        if price > maximum:
            raise NotProven(f"entry {entry.number}: you lead at {price}, above your maximum")
        return
    if price < maximum:
        raise NotProven(f"entry {entry.number}: another leads at {price}, below your maximum")
    fell_short = entry.by == me and entry.standing is Standing.OUTBID
    if led and price <= maximum:
        raise NotProven(f"entry {entry.number}: you were overtaken without being outbid")
    # Without a reserve the price is at most one increment above the loser's maximum:
    # docs/bidding.md B5 and B6.
    if (led or fell_short) and steps is not None and price > steps.above(maximum):
        raise NotProven(f"entry {entry.number}: the price rose beyond what your maximum called for")
