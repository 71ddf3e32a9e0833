"""Whether a record obeys the rules, as far as anybody can tell who knows no maximum.

A price follows from two maxima, and the leader's stays hidden for ever. What can be told without:
who leads, that no price is below the minimum that was asked for or falls but by a retraction, that
the reserve, the soft close, buy-now, retractions and the close were handled as the terms say.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bids_service.audit.entry import Entry, PublicSoftClose, PublicState, PublicTerms
from bids_service.audit.verify_chain import Linked
from bids_service.engine.bidding import Bidding, Lead, Outcome, PlacedBid, Standing
from bids_service.engine.eligibility import why_not_open
from bids_service.engine.increments import IncrementTable
from bids_service.engine.retract import retractable
from bids_service.engine.soft_close import end_after
from bids_service.engine.terms import SoftClose, Terms
from bids_service.errors import BadTerms, NotProven


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reader knows after some entries; `standing` are the bids that count, by sequence."""

    bidding: Bidding
    has_reserve: bool
    standing: tuple[PlacedBid, ...] = ()
    sequence: int = 0


def verify_rules(record: Sequence[Linked]) -> Seen:
    """Follow a record from its first entry; what it comes to. Raises NotProven."""
    seen = _opened(record[0].entry)
    for one in record[1:]:
        seen = _followed(seen, one.entry)
    return seen


def _opened(entry: Entry) -> Seen:
    if entry.command != "open" or entry.terms is None:
        raise NotProven("the record does not begin with the terms")
    try:
        terms = terms_of(entry.terms)
    except BadTerms as error:
        raise NotProven(f"entry 1: {error}") from error
    bidding = Bidding(
        terms=terms, ends_at_ms=terms.ends_at_ms, buy_now_available=terms.buy_now is not None
    )
    seen = Seen(bidding, entry.terms.reserve is not None)
    if entry.state != _face(bidding):
        raise NotProven("entry 1: the bidding does not begin empty")
    return seen


def terms_of(public: PublicTerms) -> Terms:
    """The terms without the reserve, which nobody is shown. Raises BadTerms."""
    if public.ruleset.buy_now_restores:
        raise BadTerms("the auction was held by other rules")
    return Terms(
        seller=public.seller,
        currency=public.currency,
        start_price=public.start_price,
        increments=IncrementTable(public.increments),
        starts_at_ms=public.starts_at_ms,
        ends_at_ms=public.ends_at_ms,
        buy_now=public.buy_now,
        soft_close=_soft_close_of(public.soft_close),
        hard_end_at_ms=public.hard_end_at_ms,
    )


def _soft_close_of(public: PublicSoftClose | None) -> SoftClose | None:
    if public is None:
        return None
    return SoftClose(window_ms=public.window_ms, extension_ms=public.extension_ms)


def _followed(seen: Seen, entry: Entry) -> Seen:
    check = _CHECKS.get(entry.command)
    if check is None:
        raise NotProven(f"entry {entry.number}: the terms come twice")
    try:
        return check(seen, entry)
    except _Broken as broken:
        raise NotProven(f"entry {entry.number} ({entry.command}): {broken}") from None


class _Broken(Exception):
    """A rule that an entry breaks."""


def _must(holds: bool, rule: str) -> None:
    if not holds:
        raise _Broken(rule)


def _bid(seen: Seen, entry: Entry) -> Seen:
    before, bidder = seen.bidding, entry.by
    _must(why_not_open(before, entry.at_ms) is None, "it was not open then")
    _must(entry.sequence == seen.sequence + 1, "bids are not numbered one by one")
    _must(bidder is not None and entry.commitment is not None, "it commits to nothing")
    after = _after(seen, entry, buy_now_available=_buy_now_after_bid(seen, entry.state))
    if after.lead is None or bidder is None:
        raise _Broken("nobody leads after a bid")
    _check_price(seen, after, entry)
    _must(seen.has_reserve or not after.reserve_met, "a reserve is met that was never set")
    _must(after.reserve_met or not before.reserve_met, "a reserve that was met no longer is")
    price = after.lead.price
    is_public = entry.standing is not Standing.RAISED
    after = replace(after, bid_count=before.bid_count + is_public)
    after = replace(after, ends_at_ms=end_after(before, after, entry.at_ms))
    _must(entry.state == _face(after), "the count, the end or buy-now is not what it should be")
    placed = PlacedBid(
        sequence=seen.sequence + 1,
        bidder=bidder,
        maximum=0,
        placed_at_ms=entry.at_ms,
        standing=entry.standing or Standing.LEADING,
        price=price,
    )
    return replace(seen, bidding=after, standing=(*seen.standing, placed), sequence=placed.sequence)


def _check_price(seen: Seen, after: Bidding, entry: Entry) -> None:
    before = seen.bidding
    price, met_now = after.price or 0, after.reserve_met and not before.reserve_met
    if entry.standing is Standing.RAISED:
        _must(before.leader == after.leader == entry.by, "only a leader can raise silently")
        _must(price == before.price and not met_now, "a silent raise changed something")
    elif entry.standing is Standing.OUTBID:
        _must(before.leader == after.leader != entry.by, "who fell short leads")
        _must(price >= before.minimum, "the price is below the minimum")
    else:
        _must(after.leader == entry.by, "another one leads")
        _check_new_lead(before, price, entry, met_now=met_now)


def _check_new_lead(before: Bidding, price: int, entry: Entry, *, met_now: bool) -> None:
    if before.lead is None:
        exact = price == before.terms.start_price
        _must(exact or (met_now and price > before.minimum), "not the start price")
    elif before.leader == entry.by:
        _must(met_now, "a raise changed the price")
        _must(price >= before.lead.price, "the price fell")
    else:
        _must(price >= before.minimum, "the price is below the minimum")


def _buy_now_after_bid(seen: Seen, state: PublicState) -> bool:
    return seen.bidding.buy_now_available and seen.has_reserve and not state.reserve_met


def _retract(seen: Seen, entry: Entry) -> Seen:
    before = seen.bidding
    _must(why_not_open(before, entry.at_ms) is None, "it was not open then")
    own = [bid for bid in seen.standing if bid.bidder == entry.by]
    gone = retractable(before, own, entry.at_ms) if own else frozenset()
    _must(bool(gone) and gone == frozenset(entry.retracted), "not the bids that may go")
    remaining = tuple(bid for bid in seen.standing if bid.sequence not in gone)
    leader = entry.state.leader
    still_there = {bid.bidder for bid in remaining}
    _must((leader in still_there) if still_there else leader is None, "the wrong one leads")
    price = entry.state.price
    if price is not None:
        low = before.terms.start_price
        high = low if len(still_there) == 1 and not seen.has_reserve else before.price or 0
        _must(low <= price <= high, "the price is above what the remaining bids can give")
    _must(before.reserve_met or not entry.state.reserve_met, "a retraction met the reserve")
    after = _after(seen, entry, buy_now_available=before.buy_now_available)
    after = replace(after, bid_count=sum(bid.is_public for bid in remaining))
    _must(entry.state == _face(after), "the count, the end or buy-now is not what it should be")
    return replace(seen, bidding=after, standing=remaining)


def _buy_now(seen: Seen, entry: Entry) -> Seen:
    before = seen.bidding
    _must(why_not_open(before, entry.at_ms) is None, "it was not open then")
    _must(before.buy_now_available, "buy-now was gone")
    assert before.terms.buy_now is not None
    sold = Lead(
        bidder=entry.by or "",
        maximum=before.terms.buy_now,
        price=before.terms.buy_now,
        reserve_met=seen.has_reserve,
    )
    return _ended(seen, entry, replace(before, lead=sold), Outcome.SOLD)


def _close(seen: Seen, entry: Entry) -> Seen:
    before = seen.bidding
    _must(not before.is_closed, "it was closed before")
    _must(entry.at_ms >= before.ends_at_ms, "it was closed before its end")
    if before.lead is None:
        return _ended(seen, entry, before, Outcome.NO_BIDS)
    unmet = seen.has_reserve and not before.reserve_met
    return _ended(seen, entry, before, Outcome.RESERVE_NOT_MET if unmet else Outcome.SOLD)


def _cancel(seen: Seen, entry: Entry) -> Seen:
    before = seen.bidding
    _must(not before.is_closed and entry.at_ms < before.ends_at_ms, "it was over")
    return _ended(seen, entry, before, Outcome.CANCELLED)


def _ended(seen: Seen, entry: Entry, bidding: Bidding, outcome: Outcome) -> Seen:
    after = replace(bidding, outcome=outcome, closed_at_ms=entry.at_ms, buy_now_available=False)
    _must(entry.state == _face(after), "the result is not what the bids come to")
    return replace(seen, bidding=after)


def _after_the_close(seen: Seen, entry: Entry) -> Seen:
    _must(seen.bidding.is_closed, "a second chance before the close")
    _must(entry.state == _face(seen.bidding), "a second chance changed the result")
    return seen


def _after(seen: Seen, entry: Entry, *, buy_now_available: bool) -> Bidding:
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


def _face(bidding: Bidding) -> PublicState:
    return PublicState(
        ends_at_ms=bidding.ends_at_ms,
        bid_count=bidding.bid_count,
        price=bidding.price,
        leader=bidding.leader,
        reserve_met=bidding.reserve_met,
        buy_now_available=bidding.buy_now_available,
        outcome=bidding.outcome,
    )


_CHECKS: dict[str, Callable[[Seen, Entry], Seen]] = {
    "bid": _bid,
    "retract": _retract,
    "buy_now": _buy_now,
    "close": _close,
    "cancel": _cancel,
    "second_chance": _after_the_close,
    "accept_offer": _after_the_close,
    "decline_offer": _after_the_close,
    "expire_offer": _after_the_close,
}
