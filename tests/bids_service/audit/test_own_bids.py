"""What a bidder can prove who opens the commitments to the own maxima, to the last minor unit."""

from typing import Any

import pytest

from bids_service.audit.own_bids import Opened, verify_own_bids
from bids_service.audit.verify_chain import Linked
from bids_service.engine.retract import Retract
from bids_service.errors import NotProven
from tests.bids_service.audit.records import RecordedBook, changed, recorded_book, rewritten
from tests.bids_service.engine.books import bid, terms


def story(**house: Any) -> RecordedBook:
    """A leads with 500, B overtakes with 700 at 510, A's 600 falls short at 610, and so on."""
    script = [("A", 500), ("B", 700), ("A", 600), ("C", 2000)]
    timed = [(bid(*one), number * 1000) for number, one in enumerate(script, start=1)]
    return recorded_book(terms(**house), timed)


def opened(one: RecordedBook, record: list[Linked], *sequences: int) -> list[Opened]:
    """What opens bids of these numbers in a record that may lie otherwise."""
    receipts = {it.entry.sequence: it.hash for it in record}
    return [
        Opened(receipt=receipts[number], maximum=maximum, salt=salt)
        for number, (maximum, salt) in one.placed.items()
        if number in sequences
    ]


def proven(number: int, price: int, *own: int, **house: Any) -> int:
    """How many of the own bids are proven by a record that ends with a price at an entry."""
    one = story(**house)
    entries = changed(number, price=price)([it.entry for it in one.linked()][:number])
    record = rewritten(entries)
    return verify_own_bids(record, opened(one, record, *own))


@pytest.mark.parametrize(
    ("number", "own", "good", "bad", "said"),
    [
        (2, [1], 500, 501, "you lead at 501, above your maximum"),
        (3, [1], 501, 500, "overtaken without being outbid"),
        (3, [1], 501, 499, "another leads at 499, below your maximum"),
        (3, [1], 510, 511, "beyond what your maximum called for"),
        (3, [2], 700, 701, "you lead at 701, above your maximum"),
        (4, [1, 3], 600, 599, "another leads at 599, below your maximum"),
        (4, [1, 3], 610, 611, "beyond what your maximum called for"),
        (5, [1, 3], 600, 599, "another leads at 599, below your maximum"),
        (5, [2], 710, 711, "beyond what your maximum called for"),
    ],
)
def test_a_price_is_right_to_the_last_minor_unit(
    number: int, own: list[int], good: int, bad: int, said: str
) -> None:
    assert proven(number, good, *own) == len(own)
    with pytest.raises(NotProven, match=f"entry {number}: .*{said}"):
        proven(number, bad, *own)


def test_a_price_above_what_others_called_for_is_no_concern_of_whom_it_did_not_overtake() -> None:
    assert proven(5, 5000, 1, 3) == 2


def test_who_does_not_open_all_the_own_bids_proves_less() -> None:
    assert proven(4, 611, 1) == 1


def test_where_there_is_a_reserve_it_may_explain_any_higher_price() -> None:
    assert proven(3, 9999, 1, reserve=9999) == 1
    with pytest.raises(NotProven, match="below your maximum"):
        proven(3, 499, 1, reserve=9999)


def test_what_was_taken_back_counts_no_more() -> None:
    one = recorded_book(
        terms(),
        [
            (bid("A", 500), 1000),
            (bid("B", 300), 2000),
            (Retract(bidder="A"), 3000),
            (bid("C", 200), 4000),
        ],
    )
    record = one.linked()
    assert record[-1].entry.state.price == 210
    assert verify_own_bids(record, opened(one, record, 1)) == 1


def test_nobody_proves_nothing_and_no_record_without_terms_proves_anything() -> None:
    one = story()
    assert verify_own_bids(one.linked(), []) == 0
    headless = rewritten([it.entry for it in one.linked()][1:])
    with pytest.raises(NotProven, match="does not begin with the terms"):
        verify_own_bids(headless, opened(one, headless, 1))


def test_neither_a_maximum_nor_its_salt_is_shown_by_accident() -> None:
    one = story()
    mine = opened(one, one.linked(), 1)
    assert verify_own_bids(one.linked(), mine) == 1
    assert [repr(it) for it in mine] == [f"Opened(receipt='{mine[0].receipt}')"]
