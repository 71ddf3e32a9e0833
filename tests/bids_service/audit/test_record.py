"""What a record proves, to whom, and what no change to it gets past."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bids_service.audit.commitments import commitment, mask
from bids_service.audit.entry import Entry
from bids_service.audit.own_bids import Opened, verify_own_bids
from bids_service.audit.verify_chain import pairs_from, verify_chain
from bids_service.audit.verify_replay import Replay, read_entry
from bids_service.audit.verify_rules import verify_rules
from bids_service.engine.bidding import Bidding, Outcome
from bids_service.engine.buy_now import BuyNow
from bids_service.engine.close import Cancel, Close
from bids_service.engine.offer import Offer
from bids_service.engine.retract import Retract
from bids_service.engine.second_chance import AnswerOffer, SecondChance
from bids_service.engine.terms import SoftClose, Terms
from bids_service.errors import NotProven
from tests.bids_service.audit.records import (
    AUCTION,
    MASK_KEY,
    RecordedBook,
    changed,
    recorded_book,
    rewritten,
)
from tests.bids_service.engine.books import WEEK_MS, bid, terms
from tests.bids_service.engine.test_properties import Timed, any_terms, commands, timed


def usual(**changes: Any) -> RecordedBook:
    """A bids 500, B 700 (leads at 510), A 600 (falls short), B raises, C 2000, all of it closed."""
    script: Timed = [
        (bid("A", 500), 1000),
        (bid("B", 700), 2000),
        (bid("A", 600), 3000),
        (bid("B", 900), 4000),
        (bid("C", 2000), 5000),
        (Close(), WEEK_MS),
        (SecondChance(seller="seller", to="B"), WEEK_MS + 1),
        (AnswerOffer(number=1, bidder="B", accept=True), WEEK_MS + 2),
    ]
    return recorded_book(terms(**changes), script)


def replay(one: RecordedBook) -> tuple[Bidding, list[Offer]]:
    opening, *entries = one.entries
    again = Replay(AUCTION, one.book.bidding.terms, opening, mask_key=MASK_KEY)
    for it in entries:
        entry = read_entry(it)
        maximum, salt = one.placed.get(entry.sequence or 0, (0, it.salt or ""))
        again.follow(it, entry, maximum=maximum, salt=salt)
    return again.bidding, list(again.offers.values())


@given(any_terms(), timed(commands()))
def test_every_honest_record_is_proven_to_each_reader(terms: Terms, script: Timed) -> None:
    one = recorded_book(terms, script)
    record = one.linked()
    seen = verify_rules(record)
    assert seen.bidding.price == one.book.bidding.price
    assert seen.bidding.outcome == one.book.bidding.outcome
    for own in one.own.values():
        assert verify_own_bids(record, own) == len(own)
    assert replay(one) == (one.book.bidding, list(one.book.offers))


@given(any_terms(), timed(commands()), st.data())
def test_no_text_of_a_record_tells_a_maximum_or_the_reserve_apart_from_another(
    terms: Terms, script: Timed, data: st.DataObject
) -> None:
    """The same public story with other secrets differs in commitments and hashes only."""
    one, again = recorded_book(terms, script), recorded_book(terms, script)
    hidden = {"commitment", "previous", "reserve"}

    def public(it: RecordedBook) -> list[Any]:
        return [without(entry["entry"], hidden) for entry in it.exported()]

    assert public(one) == public(again)
    for entry, other in zip(one.exported(), again.exported(), strict=True):
        if "commitment" in entry["entry"]:
            assert entry["entry"]["commitment"] != other["entry"]["commitment"]


def without(value: Any, names: set[str]) -> Any:
    if not isinstance(value, dict):
        return value
    return {name: without(item, names) for name, item in value.items() if name not in names}


def test_the_first_entry_names_the_rules_of_the_house_in_the_same_bytes_for_ever() -> None:
    one = recorded_book(terms(soft_close=SoftClose(window_ms=60, extension_ms=70)), [])
    assert one.entries[0].text == (
        '{"at_ms":0,"command":"open","number":1,"previous":"' + "0" * 64 + '",'
        '"state":{"ends_at_ms":604800000},"terms":{'
        '"auction":"http://auctions.test/auctions/1","currency":"USD","ends_at_ms":604800000,'
        '"increments":[[0,10]],"ruleset":{"buy_now_restores":false,"reserve":"jump_if_max_meets",'
        '"self_raise":"no_price_change"},"seller":"seller","soft_close":{"extension":"from_bid",'
        '"extension_ms":70,"trigger":"change","window_ms":60},"start_price":100,"starts_at_ms":0}}'
    )


def test_a_record_of_other_rules_is_none_of_ours() -> None:
    entries = recorded_book(terms(), []).exported()
    entries[0]["entry"]["terms"]["ruleset"]["buy_now_restores"] = True
    with pytest.raises(NotProven):
        verify_rules(rewritten([entry for entry, _ in pairs_from(entries)]))


@pytest.mark.parametrize(
    "damage",
    [
        lambda entries: entries.pop(2),
        lambda entries: entries.insert(2, entries[2]),
        lambda entries: entries.reverse(),
        lambda entries: entries.clear(),
        lambda entries: entries[1]["entry"]["state"].update(price=99),
        lambda entries: entries[1]["entry"].update(commitment="0" * 64),
        lambda entries: entries[1]["entry"].update(more=1),
        lambda entries: entries[1].pop("hash"),
        lambda entries: entries[3].update(hash="0" * 64),
        lambda entries: entries[0]["entry"]["terms"].update(auction="\ud800"),
        lambda entries: entries[1]["entry"].update(by="\udfff"),
        lambda entries: entries.insert(0, "\ud800"),
        lambda entries: entries.insert(0, None),
    ],
)
def test_a_record_that_was_touched_is_noticed(damage: Callable[[list[Any]], Any]) -> None:
    entries = usual().exported()
    damage(entries)
    with pytest.raises(NotProven):
        verify_chain(pairs_from(entries))


@pytest.mark.parametrize(
    "lie",
    [
        changed(2, price=110),
        changed(3, price=109),
        changed(3, leader="somebody"),
        changed(3, bid_count=3),
        changed(3, ends_at_ms=WEEK_MS + 1),
        changed(3, reserve_met=True),
        changed(3, sequence=7),
        changed(3, at_ms=WEEK_MS),
        changed(4, standing="leading"),
        changed(4, leader=mask(MASK_KEY, "A")),
        changed(5, price=611),
        changed(5, standing="outbid"),
        changed(6, by=None),
        changed(6, commitment=None),
        changed(7, at_ms=WEEK_MS - 1),
        changed(7, outcome=Outcome.NO_BIDS),
        changed(7, price=1),
        changed(7, leader=mask(MASK_KEY, "B")),
        changed(8, price=1),
        lambda entries: entries[1:],
        lambda entries: [*entries[:2], entries[0], *entries[2:]],
        lambda entries: [*entries[:6], *entries[7:]],
        lambda entries: [*entries[:7], entries[6]],
    ],
)
def test_a_record_rewritten_against_the_rules_is_noticed_by_anybody(
    lie: Callable[[Sequence[Entry]], list[Entry]],
) -> None:
    entries = [one.entry for one in usual().linked()]
    with pytest.raises(NotProven):
        verify_rules(rewritten(lie(entries)))


def test_a_bidder_notices_what_others_cannot_see() -> None:
    one = usual()
    entries = [it.entry for it in one.linked()]
    # A price that only the loser's hidden maximum shows to be too high, and one too low.
    for price in (530, 560):
        lied = rewritten(changed(3, price=price)([*entries[:3]]))
        verify_rules(lied)
        ada = one.own["A"][0]
        mine = Opened(receipt=lied[1].hash, maximum=ada.maximum, salt=ada.salt)
        with pytest.raises(NotProven, match="beyond what your maximum"):
            verify_own_bids(lied, [mine])
    low = rewritten(changed(3, price=480)([*entries[:3]]))
    with pytest.raises(NotProven, match="below your maximum"):
        verify_own_bids(low, [Opened(receipt=low[1].hash, maximum=500, salt=one.own["A"][0].salt)])


def test_a_bidder_notices_a_bid_that_is_missing_or_was_altered() -> None:
    one = usual()
    record, mine = one.linked(), one.own["A"][0]
    with pytest.raises(NotProven, match="not on record"):
        verify_own_bids(record, [Opened(receipt="0" * 64, maximum=mine.maximum, salt=mine.salt)])
    with pytest.raises(NotProven, match="another maximum"):
        verify_own_bids(record, [Opened(receipt=mine.receipt, maximum=501, salt=mine.salt)])
    with pytest.raises(NotProven, match="more than one bidder"):
        verify_own_bids(record, [mine, one.own["B"][0]])


def test_the_operator_notices_any_change_of_a_maximum() -> None:
    one = usual()
    for sequence, (maximum, salt) in list(one.placed.items()):
        one.placed[sequence] = (maximum + 1, salt)
        with pytest.raises(NotProven):
            replay(one)
        one.placed[sequence] = (maximum, salt)
    assert replay(one) == (one.book.bidding, list(one.book.offers))


@pytest.mark.parametrize(
    ("changes", "script"),
    [
        ({"buy_now": 900}, [(BuyNow(bidder="A"), 1000)]),
        ({}, [(bid("A", 500), 1000), (Cancel(seller="seller"), 2000)]),
        ({}, [(bid("A", 500), 1000), (bid("B", 900), 2000), (Retract(bidder="B"), 3000)]),
        ({"soft_close": SoftClose(window_ms=60, extension_ms=60)}, [(bid("A", 500), WEEK_MS - 1)]),
        ({"reserve": 450}, [(bid("A", 300), 1000), (bid("A", 500), 2000)]),
    ],
)
def test_every_kind_of_end_is_checked(changes: dict[str, Any], script: Timed) -> None:
    one = recorded_book(terms(**changes), script)
    verify_rules(one.linked())
    entries = [it.entry for it in one.linked()]
    state = entries[-1].state
    for lie in ({"price": (state.price or 0) + 7}, {"ends_at_ms": state.ends_at_ms + 1}):
        if "reserve" in changes and "price" in lie:
            continue  # where the reserve lies is the seller's secret
        with pytest.raises(NotProven):
            verify_rules(rewritten(changed(len(entries), **lie)(entries)))


def test_a_mask_differs_between_auctions_and_a_commitment_between_salts() -> None:
    assert mask("a" * 32, "http://ada") == mask("a" * 32, "http://ada")
    assert mask("a" * 32, "http://ada") != mask("b" * 32, "http://ada")
    assert commitment("a", 500, "USD") != commitment("b", 500, "USD")
    assert commitment("a", 500, "USD") != commitment("a", 501, "USD")


def test_after_a_retraction_that_leaves_one_bidder_the_price_is_the_start_price() -> None:
    one = recorded_book(
        terms(), [(bid("A", 500), 1000), (bid("B", 900), 2000), (Retract(bidder="B"), 3000)]
    )
    verify_rules(one.linked())
    entries = [it.entry for it in one.linked()]
    for price in (99, 101, 510):
        with pytest.raises(NotProven, match="above what the remaining bids"):
            verify_rules(rewritten(changed(4, price=price)(entries)))


def test_a_second_chance_before_the_close_is_noticed_by_anybody() -> None:
    entries = [it.entry for it in usual().linked()]
    early = msgspec.structs.replace(entries[7], state=entries[2].state)
    with pytest.raises(NotProven, match="before the close"):
        verify_rules(rewritten([*entries[:3], early]))


def test_what_opens_a_commitment_is_not_shown_by_accident() -> None:
    assert repr(Opened(receipt="r", maximum=424_242, salt="pepper")) == "Opened(receipt='r')"


def test_an_offer_commits_to_its_price_and_its_end_to_nothing() -> None:
    one = usual()
    offered, answered = one.entries[-2:]
    assert offered.salt is not None
    hidden = commitment(offered.salt, one.book.offers[0].price, "USD")
    assert read_entry(offered).commitment == hidden
    assert (answered.salt, read_entry(answered).commitment) == (None, None)


def test_the_first_entry_commits_to_the_reserve_if_there_is_one() -> None:
    opening = usual(reserve=450).entries[0]
    public = read_entry(opening).terms
    assert opening.salt is not None
    assert public is not None
    assert public.reserve == commitment(opening.salt, 450, "USD")
    without = usual().entries[0]
    public = read_entry(without).terms
    assert public is not None
    assert (without.salt, public.reserve) == (None, None)


def test_an_entry_that_is_nested_deeper_than_python_counts_is_not_proven() -> None:
    deep = "[" * 100_000 + "]" * 100_000
    with pytest.raises(NotProven, match="malformed"):
        read_entry(replace(usual().entries[0], text='{"state":' + deep + "}"))
