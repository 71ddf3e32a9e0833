"""Whether a record obeys the rules, as far as anybody can tell who knows no maximum.

A price follows from two maxima, and the leader's stays hidden for ever. What can be told without:
who leads, that no price is below the minimum that was asked for or falls unless bids are taken
back, that the reserve, the soft close, buy-now, retractions, what the house decides and the close
were handled as the terms say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bids_service.audit.entry import Entry, PublicSoftClose, PublicState, PublicTerms
from bids_service.audit.seen import Broken, Seen, after_entry, ended, face_of, must
from bids_service.audit.verify_chain import Linked
from bids_service.audit.verify_house import HOUSE_CHECKS, Check, without
from bids_service.engine.bidding import Bidding, Lead, Outcome, PlacedBid, Standing
from bids_service.engine.decision import Reason
from bids_service.engine.eligibility import due_at_ms, is_over, why_not_open
from bids_service.engine.increments import IncrementTable
from bids_service.engine.retract import retractable
from bids_service.engine.soft_close import end_after
from bids_service.engine.terms import SoftClose, Terms
from bids_service.errors import BadTerms, NotProven


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
    if entry.state != face_of(bidding):
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
    except Broken as broken:
        raise NotProven(f"entry {entry.number} ({entry.command}): {broken}") from None


def _bid(seen: Seen, entry: Entry) -> Seen:
    before, bidder = seen.bidding, entry.by
    must(why_not_open(before, entry.at_ms) is None, "it was not open then")
    must(bidder not in before.barred, "the house had barred this bidder")
    must(entry.sequence == seen.sequence + 1, "bids are not numbered one by one")
    must(bidder is not None and entry.commitment is not None, "it commits to nothing")
    after = after_entry(seen, entry, buy_now_available=_buy_now_after_bid(seen, entry.state))
    if after.lead is None or bidder is None:
        raise Broken("nobody leads after a bid")
    _check_price(seen, after, entry)
    must(seen.has_reserve or not after.reserve_met, "a reserve is met that was never set")
    must(after.reserve_met or not before.reserve_met, "a reserve that was met no longer is")
    price = after.lead.price
    is_public = entry.standing is not Standing.RAISED
    after = replace(after, bid_count=before.bid_count + is_public)
    after = replace(after, ends_at_ms=end_after(before, after, entry.at_ms))
    must(entry.state == face_of(after), "the count, the end or buy-now is not what it should be")
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
        must(before.leader == after.leader == entry.by, "only a leader can raise silently")
        must(price == before.price and not met_now, "a silent raise changed something")
    elif entry.standing is Standing.OUTBID:
        must(before.leader == after.leader != entry.by, "who fell short leads")
        must(price >= before.minimum, "the price is below the minimum")
    else:
        must(after.leader == entry.by, "another one leads")
        _check_new_lead(before, price, entry, met_now=met_now)


def _check_new_lead(before: Bidding, price: int, entry: Entry, *, met_now: bool) -> None:
    if before.lead is None:
        exact = price == before.terms.start_price
        must(exact or (met_now and price > before.minimum), "not the start price")
    elif before.leader == entry.by:
        must(met_now, "a raise changed the price")
        must(price >= before.lead.price, "the price fell")
    else:
        must(price >= before.minimum, "the price is below the minimum")


def _buy_now_after_bid(seen: Seen, state: PublicState) -> bool:
    return seen.bidding.buy_now_available and seen.has_reserve and not state.reserve_met


def _retract(seen: Seen, entry: Entry) -> Seen:
    before = seen.bidding
    may = {None, Reason.FROZEN}
    must(why_not_open(before, entry.at_ms) in may, "it was not open then")
    own = [bid for bid in seen.standing if bid.bidder == entry.by]
    gone = retractable(before, own, entry.at_ms) if own else frozenset()
    must(bool(gone), "not the bids that may go")
    return without(seen, entry, gone)


def _buy_now(seen: Seen, entry: Entry) -> Seen:
    before = seen.bidding
    must(why_not_open(before, entry.at_ms) is None, "it was not open then")
    must(before.buy_now_available, "buy-now was gone")
    assert before.terms.buy_now is not None
    sold = Lead(
        bidder=entry.by or "",
        maximum=before.terms.buy_now,
        price=before.terms.buy_now,
        reserve_met=seen.has_reserve,
    )
    return ended(seen, entry, replace(before, lead=sold), Outcome.SOLD)


def _close(seen: Seen, entry: Entry) -> Seen:
    before = seen.bidding
    must(not before.is_closed, "it was closed before")
    must(entry.at_ms >= due_at_ms(before), "it was closed before its end")
    if before.is_frozen:
        return ended(seen, entry, before, Outcome.CANCELLED)
    if before.lead is None:
        return ended(seen, entry, before, Outcome.NO_BIDS)
    unmet = seen.has_reserve and not before.reserve_met
    return ended(seen, entry, before, Outcome.RESERVE_NOT_MET if unmet else Outcome.SOLD)


def _cancel(seen: Seen, entry: Entry) -> Seen:
    before = seen.bidding
    must(not is_over(before, entry.at_ms) and not before.is_frozen, "it was over or frozen")
    return ended(seen, entry, before, Outcome.CANCELLED)


def _after_the_close(seen: Seen, entry: Entry) -> Seen:
    must(seen.bidding.is_closed, "a second chance before the close")
    must(entry.state == face_of(seen.bidding), "a second chance changed the result")
    return seen


_CHECKS: Mapping[str, Check] = {
    "bid": _bid,
    "retract": _retract,
    "buy_now": _buy_now,
    "close": _close,
    "cancel": _cancel,
    **HOUSE_CHECKS,
    "second_chance": _after_the_close,
    "accept_offer": _after_the_close,
    "decline_offer": _after_the_close,
    "expire_offer": _after_the_close,
}
