"""Whether what the house decided about a bidding obeys the rules (docs/bidding.md B17, B18)."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from bids_service.audit.entry import Entry
from bids_service.audit.seen import Broken, Seen, after_entry, face_of, must
from bids_service.engine.bidding import Bidding
from bids_service.engine.decision import Accepted, Decision
from bids_service.engine.eligibility import is_over
from bids_service.engine.house import Unbar, end, freeze, resume, unbar

Check = Callable[[Seen, Entry], Seen]


def without(seen: Seen, entry: Entry, gone: frozenset[int]) -> Seen:
    """What is known once these bids were taken back, by their bidder or by the house."""
    before = seen.bidding
    must(gone == frozenset(entry.retracted), "not the bids that may go")
    remaining = tuple(bid for bid in seen.standing if bid.sequence not in gone)
    leader = entry.state.leader
    still_there = {bid.bidder for bid in remaining}
    must((leader in still_there) if still_there else leader is None, "the wrong one leads")
    price = entry.state.price
    if price is not None:
        low = before.terms.start_price
        high = low if len(still_there) == 1 and not seen.has_reserve else before.price or 0
        must(low <= price <= high, "the price is above what the remaining bids can give")
    must(before.reserve_met or not entry.state.reserve_met, "taking bids back met the reserve")
    after = after_entry(seen, entry, buy_now_available=before.buy_now_available)
    after = replace(after, bid_count=sum(bid.is_public for bid in remaining))
    must(entry.state == face_of(after), "the count, the end or buy-now is not what it should be")
    return replace(seen, bidding=after, standing=remaining)


def _bar(seen: Seen, entry: Entry) -> Seen:
    before = seen.bidding
    must(not is_over(before, entry.at_ms), "it was over")
    must(entry.by is not None, "it bars nobody")
    gone = frozenset(bid.sequence for bid in seen.standing if bid.bidder == entry.by)
    must(bool(gone) or entry.by not in before.barred, "it had its effect before")
    after = without(seen, entry, gone) if gone else _unchanged(seen, entry)
    barred = before.barred | {entry.by or ""}
    return replace(after, bidding=replace(after.bidding, barred=barred))


def _unbar(seen: Seen, entry: Entry) -> Seen:
    return _decreed(seen, entry, lambda it: unbar(it, Unbar(bidder=entry.by or ""), entry.at_ms))


def _unchanged(seen: Seen, entry: Entry) -> Seen:
    must(not entry.retracted and entry.state == face_of(seen.bidding), "it changed the bidding")
    return seen


def _decreed(seen: Seen, entry: Entry, decree: Callable[[Bidding], Decision]) -> Seen:
    """What the engine says: no maximum matters to it."""
    decision = decree(seen.bidding)
    if not isinstance(decision, Accepted) or not decision.events:
        raise Broken("the rules refuse it")
    must(entry.state == face_of(decision.bidding), "the result is not what the rules come to")
    return replace(seen, bidding=decision.bidding)


HOUSE_CHECKS: Mapping[str, Check] = {
    "freeze": lambda seen, entry: _decreed(seen, entry, lambda it: freeze(it, entry.at_ms)),
    "resume": lambda seen, entry: _decreed(seen, entry, lambda it: resume(it, entry.at_ms)),
    "end": lambda seen, entry: _decreed(seen, entry, lambda it: end(it, entry.at_ms)),
    "bar": _bar,
    "unbar": _unbar,
}
"""How each of the house's commands is checked."""
