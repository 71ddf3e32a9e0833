"""Each rule that a reader can check: a record that breaks it alone is refused by that name."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from bids_service.audit.commitments import mask
from bids_service.audit.entry import Entry
from bids_service.audit.verify_rules import verify_rules
from bids_service.engine.bidding import Outcome
from bids_service.engine.buy_now import BuyNow
from bids_service.engine.close import Cancel, Close
from bids_service.engine.eligibility import LONGEST_FREEZE_MS
from bids_service.engine.house import Bar, End, Freeze, Resume, Unbar
from bids_service.engine.retract import Retract
from bids_service.engine.second_chance import SecondChance
from bids_service.engine.terms import SoftClose
from bids_service.errors import NotProven
from tests.bids_service.audit.records import MASK_KEY, changed, recorded_book, rewritten
from tests.bids_service.engine.books import WEEK_MS, bid, terms
from tests.bids_service.engine.test_properties import Timed

ADA, BOB, CLEO = (mask(MASK_KEY, name) for name in "ABC")
FIRST: Timed = [(bid("A", 500), 1_000)]
OUTBID: Timed = [*FIRST, (bid("B", 700), 2_000)]
FALLS_SHORT: Timed = [*OUTBID, (bid("A", 600), 3_000)]
RAISED: Timed = [*FALLS_SHORT, (bid("B", 900), 4_000)]
RETRACTED: Timed = [*OUTBID, (Retract(bidder="B"), 3_000)]
NOBODY_LEFT: Timed = [*FIRST, (Retract(bidder="A"), 3_000)]
TWO_LEFT: Timed = [*OUTBID, (bid("C", 900), 3_000), (Retract(bidder="C"), 4_000)]
BOUGHT: Timed = [(BuyNow(bidder="A"), 1_000)]
CLOSED: Timed = [*FIRST, (Close(), WEEK_MS)]
CANCELLED: Timed = [*FIRST, (Cancel(seller="seller"), 2_000)]
OFFERED: Timed = [*OUTBID, (Close(), WEEK_MS), (SecondChance(seller="seller", to="A"), WEEK_MS + 1)]
BARRED: Timed = [*OUTBID, (Bar(bidder="B"), 3_000)]
BARRED_UNSEEN: Timed = [*FIRST, (Bar(bidder="C"), 3_000)]
FROZEN: Timed = [*OUTBID, (Freeze(), 3_000)]
LEFT_WHILE_FROZEN: Timed = [*FROZEN, (Retract(bidder="B"), 4_000)]
RESUMED: Timed = [*FROZEN, (Resume(), 5_000)]
ENDED_BY_HOUSE: Timed = [*FROZEN, (End(), 5_000)]
FORGOTTEN: Timed = [*FROZEN, (Close(), 3_000 + LONGEST_FREEZE_MS)]
UNBARRED: Timed = [*BARRED, (Unbar(bidder="B"), 4_000)]
BELOW_RESERVE: Timed = [(bid("A", 300), 1_000)]
RAISED_BELOW: Timed = [*BELOW_RESERVE, (bid("A", 400), 2_000)]
RAISED_OVER: Timed = [*BELOW_RESERVE, (bid("A", 500), 2_000)]
RESERVE, LATE = {"reserve": 450}, {"soft_close": SoftClose(window_ms=60, extension_ms=70)}
BUY_NOW = {"buy_now": 900}
NOT_OPEN, TOTALS = "it was not open then", "the count, the end or buy-now is not what it should be"
RESULT, PRICE = "the result is not what the bids come to", "above what the remaining bids can give"


def entries_of(script: Timed, **changes: Any) -> list[Entry]:
    return [it.entry for it in recorded_book(terms(**changes), script).linked()]


def refused(entries: list[Entry], match: str) -> None:
    with pytest.raises(NotProven, match=match):
        verify_rules(rewritten(entries))


@pytest.mark.parametrize(
    ("house", "script", "lie", "rule"),
    [
        ({}, FIRST, {"at_ms": WEEK_MS}, NOT_OPEN),
        ({"starts_at_ms": 1_000}, FIRST, {"at_ms": 999}, NOT_OPEN),
        ({}, OUTBID, {"sequence": 3}, "bids are not numbered one by one"),
        ({}, OUTBID, {"sequence": 1}, "bids are not numbered one by one"),
        ({}, FIRST, {"by": None}, "it commits to nothing"),
        ({}, FIRST, {"commitment": None}, "it commits to nothing"),
        ({}, FIRST, {"leader": None}, "nobody leads after a bid"),
        ({}, FIRST, {"price": None}, "nobody leads after a bid"),
        ({}, FIRST, {"price": 101}, "not the start price"),
        (RESERVE, FIRST, {"price": 99}, "not the start price"),
        (RESERVE, FIRST, {"reserve_met": False}, "not the start price"),
        ({}, FIRST, {"leader": BOB}, "another one leads"),
        ({}, OUTBID, {"leader": ADA}, "another one leads"),
        ({}, OUTBID, {"price": 109}, "the price is below the minimum"),
        ({}, FALLS_SHORT, {"leader": ADA}, "who fell short leads"),
        ({}, FALLS_SHORT, {"leader": CLEO}, "who fell short leads"),
        ({}, FALLS_SHORT, {"by": BOB}, "who fell short leads"),
        ({}, FALLS_SHORT, {"price": 519}, "the price is below the minimum"),
        ({}, BARRED, {"leader": BOB}, "the wrong one leads"),
        ({}, BARRED, {"price": 101}, PRICE),
        ({}, BARRED, {"by": ADA}, "not the bids that may go"),
        ({}, BARRED, {"retracted": ()}, "not the bids that may go"),
        ({}, BARRED, {"bid_count": 2}, TOTALS),
        ({}, BARRED, {"at_ms": WEEK_MS}, "it was over"),
        ({}, BARRED_UNSEEN, {"price": 99}, "it changed the bidding"),
        ({}, BARRED_UNSEEN, {"by": None}, "it bars nobody"),
        ({}, FROZEN, {"frozen_at_ms": None}, "not what the rules come to"),
        ({}, FROZEN, {"price": 99}, "not what the rules come to"),
        ({}, FROZEN, {"at_ms": WEEK_MS}, "the rules refuse it"),
        ({}, LEFT_WHILE_FROZEN, {"leader": BOB}, "the wrong one leads"),
        ({}, LEFT_WHILE_FROZEN, {"retracted": ()}, "not the bids that may go"),
        ({}, RESUMED, {"ends_at_ms": WEEK_MS}, "not what the rules come to"),
        ({}, RESUMED, {"ends_at_ms": WEEK_MS + 2_001}, "not what the rules come to"),
        ({}, RESUMED, {"at_ms": 3_000 + LONGEST_FREEZE_MS}, "the rules refuse it"),
        ({}, ENDED_BY_HOUSE, {"outcome": Outcome.SOLD}, "not what the rules come to"),
        ({}, FORGOTTEN, {"at_ms": 2_999 + LONGEST_FREEZE_MS}, "closed before its end"),
        ({}, FORGOTTEN, {"outcome": Outcome.SOLD}, RESULT),
        ({}, UNBARRED, {"by": ADA}, "the rules refuse it"),
        ({}, RAISED, {"leader": ADA}, "only a leader can raise silently"),
        ({}, RAISED, {"by": ADA}, "only a leader can raise silently"),
        ({}, RAISED, {"price": 611}, "a silent raise changed something"),
        (RESERVE, RAISED_BELOW, {"reserve_met": True}, "a silent raise changed something"),
        (RESERVE, RAISED_OVER, {"reserve_met": False}, "a raise changed the price"),
        (RESERVE, RAISED_OVER, {"price": 99}, "the price fell"),
        ({}, FIRST, {"reserve_met": True}, "a reserve is met that was never set"),
        (RESERVE, OUTBID, {"reserve_met": False}, "a reserve that was met no longer is"),
        ({}, FIRST, {"bid_count": 2}, TOTALS),
        ({}, RAISED, {"bid_count": 4}, TOTALS),
        ({}, FIRST, {"ends_at_ms": WEEK_MS + 1}, TOTALS),
        (LATE, [(bid("A", 500), WEEK_MS - 1)], {"ends_at_ms": WEEK_MS}, TOTALS),
        (BUY_NOW, FIRST, {"buy_now_available": True}, TOTALS),
        (BUY_NOW | {"reserve": 800}, FIRST, {"buy_now_available": False}, TOTALS),
        (BUY_NOW | RESERVE, FIRST, {"buy_now_available": True}, TOTALS),
        ({}, RETRACTED, {"at_ms": WEEK_MS}, NOT_OPEN),
        ({}, RETRACTED, {"retracted": ()}, "not the bids that may go"),
        ({}, RETRACTED, {"retracted": (1,)}, "not the bids that may go"),
        ({}, RETRACTED, {"retracted": (1, 2)}, "not the bids that may go"),
        ({}, RETRACTED, {"by": CLEO, "retracted": ()}, "not the bids that may go"),
        ({}, RETRACTED, {"leader": BOB}, "the wrong one leads"),
        ({}, RETRACTED, {"leader": None}, "the wrong one leads"),
        ({}, NOBODY_LEFT, {"leader": ADA}, "the wrong one leads"),
        ({}, RETRACTED, {"price": 101}, PRICE),
        ({}, TWO_LEFT, {"price": 711}, PRICE),
        ({}, TWO_LEFT, {"price": 99}, PRICE),
        (
            RESERVE,
            [*BELOW_RESERVE, (bid("B", 400), 2_000), (Retract(bidder="B"), 3_000)],
            {"reserve_met": True},
            "taking bids back met the reserve",
        ),
        ({}, RETRACTED, {"bid_count": 2}, TOTALS),
        ({}, RETRACTED, {"ends_at_ms": WEEK_MS - 1}, TOTALS),
        (BUY_NOW, RETRACTED, {"buy_now_available": True}, TOTALS),
        (BUY_NOW, BOUGHT, {"at_ms": WEEK_MS}, NOT_OPEN),
        (BUY_NOW, BOUGHT, {"price": 899}, RESULT),
        (BUY_NOW, BOUGHT, {"leader": BOB}, RESULT),
        (BUY_NOW, BOUGHT, {"outcome": Outcome.NO_BIDS}, RESULT),
        (BUY_NOW, BOUGHT, {"buy_now_available": True}, RESULT),
        (BUY_NOW, BOUGHT, {"reserve_met": True}, RESULT),
        (BUY_NOW | RESERVE, BOUGHT, {"reserve_met": False}, RESULT),
        ({}, CLOSED, {"at_ms": WEEK_MS - 1}, "it was closed before its end"),
        ({}, CLOSED, {"outcome": Outcome.NO_BIDS}, RESULT),
        ({}, CLOSED, {"outcome": None}, RESULT),
        ({}, [(Close(), WEEK_MS)], {"outcome": Outcome.SOLD}, RESULT),
        (BUY_NOW, [(Close(), WEEK_MS)], {"buy_now_available": True}, RESULT),
        ({"reserve": 800}, CLOSED, {"outcome": Outcome.SOLD}, RESULT),
        (RESERVE, CLOSED, {"outcome": Outcome.RESERVE_NOT_MET}, RESULT),
        ({}, CANCELLED, {"at_ms": WEEK_MS}, "it was over"),
        ({}, CANCELLED, {"outcome": Outcome.SOLD}, RESULT),
        ({}, OFFERED, {"price": 1}, "a second chance changed the result"),
    ],
)
def test_a_record_that_breaks_one_rule_is_refused_by_that_rule(
    house: dict[str, Any], script: Timed, lie: dict[str, Any], rule: str
) -> None:
    entries = entries_of(script, **house)
    verify_rules(rewritten(entries))
    last = len(entries)
    refused(changed(last, **lie)(entries), rf"^entry {last} \(\w+\): .*{rule}")


def once_more(entries: list[Entry]) -> list[Entry]:
    return [*entries, entries[-1]]


def and_then(script: Timed, **house: Any) -> Callable[[list[Entry]], list[Entry]]:
    """What makes of entries the same with the last one of another story."""
    return lambda entries: [*entries, entries_of(script, **house)[-1]]


@pytest.mark.parametrize(
    ("script", "and_also", "rule"),
    [
        (CLOSED, once_more, r"entry 4 \(close\): it was closed before$"),
        (CANCELLED, once_more, r"entry 4 \(cancel\): it was over"),
        (CANCELLED, and_then(CLOSED), r"entry 4 \(close\): it was closed before$"),
        (CLOSED, and_then(CANCELLED), r"entry 4 \(cancel\): it was over"),
        (CANCELLED, and_then(OUTBID), rf"entry 4 \(bid\): {NOT_OPEN}"),
        (CANCELLED, and_then(RETRACTED), rf"entry 4 \(retract\): {NOT_OPEN}"),
        (FIRST, and_then(BOUGHT, **BUY_NOW), r"entry 3 \(buy_now\): buy-now was gone"),
        (OUTBID, and_then(OFFERED), r"entry 4 \(second_chance\): a second chance before"),
        (FIRST, lambda entries: [*entries, entries[0]], "entry 3: the terms come twice"),
        (FIRST, lambda entries: entries[1:], "does not begin with the terms"),
        (FIRST, changed(1, terms=None), "does not begin with the terms"),
        (FIRST, changed(1, bid_count=1), "entry 1: the bidding does not begin empty"),
        (FIRST, changed(1, buy_now_available=True), "entry 1: the bidding does not begin empty"),
    ],
)
def test_so_is_one_with_an_entry_that_has_no_place_there(
    script: Timed, and_also: Callable[[list[Entry]], list[Entry]], rule: str
) -> None:
    refused(and_also(entries_of(script)), rule)


def test_terms_by_which_nobody_could_bid_are_refused() -> None:
    opening, *others = entries_of(FIRST)
    assert opening.terms is not None
    bad = msgspec.structs.replace(opening.terms, ends_at_ms=0)
    refused([msgspec.structs.replace(opening, terms=bad), *others], "^entry 1: ")


def test_a_price_that_only_a_reserve_explains_is_believed_where_there_is_one() -> None:
    entries = entries_of(FIRST, **RESERVE)
    assert entries[-1].state.price == 450
    verify_rules(rewritten(changed(2, price=470)(entries)))
    over = entries_of(RAISED_OVER, **RESERVE)
    verify_rules(rewritten(changed(3, price=100)(over)))


@pytest.mark.parametrize("house", [{}, RESERVE])
def test_a_price_falls_to_what_the_remaining_bids_give(house: dict[str, Any]) -> None:
    entries = entries_of(TWO_LEFT, **house)
    last = len(entries)
    for price in (100, entries[-2].state.price):
        verify_rules(rewritten(changed(last, price=price)(entries)))


def test_what_a_record_comes_to_is_told_and_every_entry_counts_for_the_next() -> None:
    story: Timed = [
        *RETRACTED,
        (bid("C", 300), 4_000),
        (bid("B", 800), 5_000),
        (Close(), WEEK_MS),
        (SecondChance(seller="seller", to="A"), WEEK_MS + 1),
        (SecondChance(seller="seller", to="C"), WEEK_MS + 2),
    ]
    entries = entries_of(story)
    seen = verify_rules(rewritten(entries))
    assert [one.sequence for one in seen.standing] == [1, 3, 4]
    assert [one.bidder for one in seen.standing] == [ADA, CLEO, BOB]
    assert [one.placed_at_ms for one in seen.standing] == [1_000, 4_000, 5_000]
    assert (seen.sequence, seen.has_reserve) == (4, False)
    assert (seen.bidding.leader, seen.bidding.price) == (BOB, entries[-1].state.price)
    assert (seen.bidding.outcome, seen.bidding.closed_at_ms) == (Outcome.SOLD, WEEK_MS)
    assert (seen.bidding.bid_count, seen.bidding.terms.reserve) == (3, None)


def test_terms_of_an_auction_that_was_held_by_other_rules_are_refused() -> None:
    opening, *others = entries_of(FIRST)
    assert opening.terms is not None
    rules = msgspec.structs.replace(opening.terms.ruleset, buy_now_restores=True)
    other = msgspec.structs.replace(opening.terms, ruleset=rules)
    refused(
        [msgspec.structs.replace(opening, terms=other), *others],
        "^entry 1: the auction was held by other rules",
    )
