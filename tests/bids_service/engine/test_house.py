"""What the house decides: B17 and B18 of docs/bidding.md."""

import pytest

from bids_service.engine.bidding import Outcome
from bids_service.engine.book import Book, Command
from bids_service.engine.buy_now import BuyNow
from bids_service.engine.close import Cancel, Close
from bids_service.engine.decision import Kind, Reason
from bids_service.engine.house import Bar, End, Freeze, Resume, Unbar, time_lost_ms
from bids_service.engine.retract import Retract
from bids_service.engine.terms import SoftClose
from tests.bids_service.engine.books import HOUR_MS, WEEK_MS, accepted, bid, book_of, refused

DAY_MS = 24 * HOUR_MS
MONTH_MS = 30 * DAY_MS


def after(book: Book, command: Command, at_ms: int) -> Book:
    return book.after(accepted(book, command, at_ms))


@pytest.mark.parametrize(
    "command",
    [bid("B", 900), BuyNow(bidder="B"), Cancel(seller="seller")],
    ids=["bid", "buy now", "cancel"],
)
def test_nothing_can_be_bid_bought_or_called_off_while_it_is_frozen(command: Command) -> None:
    frozen = after(book_of(("A", 500), buy_now=2000), Freeze(), 5000)
    assert refused(frozen, command, 6000).reason is Reason.FROZEN
    assert refused(frozen, command, WEEK_MS + 1).reason is Reason.FROZEN


def test_the_end_does_not_come_while_it_is_frozen() -> None:
    frozen = after(book_of(("A", 500)), Freeze(), 5000)
    assert refused(frozen, Close(), WEEK_MS).reason is Reason.NOT_DUE
    resumed = after(frozen, Resume(), WEEK_MS + DAY_MS)
    assert resumed.bidding.ends_at_ms == WEEK_MS + WEEK_MS + DAY_MS - 5000
    sold = after(resumed, Close(), resumed.bidding.ends_at_ms)
    assert (sold.bidding.outcome, sold.bidding.leader) == (Outcome.SOLD, "A")


@pytest.mark.parametrize(
    ("frozen_at_ms", "starts_at_ms", "now_ms", "lost_ms"),
    [(50, 100, 80, 0), (50, 100, 100, 0), (50, 100, 130, 30), (120, 100, 130, 10), (7, 0, 7, 0)],
)
def test_what_is_given_back_is_what_bidders_lost(
    frozen_at_ms: int, starts_at_ms: int, now_ms: int, lost_ms: int
) -> None:
    assert time_lost_ms(frozen_at_ms, starts_at_ms, now_ms) == lost_ms


def test_each_freeze_gives_its_own_time_back() -> None:
    book = book_of(("A", 500))
    for at_ms in (10_000, 50_000, 90_000):
        book = after(after(book, Freeze(), at_ms), Resume(), at_ms + 1000)
    assert book.bidding.ends_at_ms == WEEK_MS + 3000
    assert book.bidding.given_back_ms == 3000


def test_the_hard_end_comes_later_too() -> None:
    late = WEEK_MS + DAY_MS - 10
    book = book_of(
        ("A", 500),
        soft_close=SoftClose(window_ms=HOUR_MS, extension_ms=HOUR_MS),
        hard_end_at_ms=WEEK_MS,
    )
    book = after(after(book, Freeze(), HOUR_MS), Resume(), HOUR_MS + DAY_MS)
    extended = after(book, bid("B", 900), late)
    assert extended.bidding.ends_at_ms == WEEK_MS + DAY_MS


def test_a_bidder_may_leave_a_frozen_bidding_at_any_time() -> None:
    late = WEEK_MS - HOUR_MS
    book = book_of(("A", 200), ("B", 300), ("A", 400))
    assert refused(book, Retract(bidder="A"), late).reason is Reason.TOO_LATE
    frozen = after(book, Freeze(), late)
    left = accepted(frozen, Retract(bidder="A"), WEEK_MS + DAY_MS)
    assert left.retracted == {1, 3}
    assert (left.bidding.leader, left.bidding.price) == ("B", 100)


def test_what_nobody_resumes_in_thirty_days_ends_unsold() -> None:
    frozen = after(book_of(("A", 500)), Freeze(), 5000)
    assert refused(frozen, Close(), 5000 + MONTH_MS - 1).reason is Reason.NOT_DUE
    assert refused(frozen, Resume(), 5000 + MONTH_MS).reason is Reason.ENDED
    closed = after(frozen, Close(), 5000 + MONTH_MS)
    assert closed.bidding.outcome is Outcome.CANCELLED
    assert not closed.bidding.is_frozen


@pytest.mark.parametrize("frozen", [False, True])
def test_the_house_ends_it_without_a_sale_frozen_or_not(frozen: bool) -> None:
    book = book_of(("A", 500))
    book = after(book, Freeze(), 5000) if frozen else book
    ended = after(book, End(), 6000)
    assert ended.bidding.outcome is Outcome.CANCELLED
    assert accepted(ended, End(), 7000).events == ()
    for command in (Freeze(), Resume(), Bar(bidder="A"), Unbar(bidder="A")):
        assert refused(ended, command, 7000).reason is Reason.ENDED


@pytest.mark.parametrize("command", [Freeze(), Resume(), End(), Bar(bidder="A")])
def test_a_sale_that_is_due_is_not_touched_whether_or_not_the_closer_ran(command: Command) -> None:
    book = book_of(("A", 500))
    assert refused(book, command, WEEK_MS).reason is Reason.ENDED


def test_what_the_house_says_twice_happens_once() -> None:
    book = book_of(("A", 500))
    frozen = after(book, Freeze(), 5000)
    assert accepted(frozen, Freeze(), 6000).events == ()
    assert accepted(book, Resume(), 6000).events == ()
    barred = after(book, Bar(bidder="A"), 6000)
    assert accepted(barred, Bar(bidder="A"), 7000).events == ()
    assert accepted(book, Unbar(bidder="A"), 7000).events == ()


@pytest.mark.parametrize(
    ("bids", "barred", "leader", "price"),
    [
        ((("A", 200), ("B", 300), ("C", 900)), "C", "B", 210),
        ((("A", 200), ("B", 300), ("C", 900)), "A", "C", 310),
        ((("A", 500), ("B", 500)), "A", "B", 100),
        ((("A", 500),), "A", None, None),
        ((("A", 500), ("A", 700), ("B", 650)), "B", "A", 100),
    ],
)
def test_a_barred_bidders_bids_go_and_the_lead_is_worked_out_anew(
    bids: tuple[tuple[str, int], ...], barred: str, leader: str | None, price: int | None
) -> None:
    book = after(book_of(*bids), Bar(bidder=barred), WEEK_MS - 1)
    assert (book.bidding.leader, book.bidding.price) == (leader, price)
    assert all(one.bidder != barred for one in book.bids)


def test_a_reserve_that_only_the_barred_bidder_met_is_met_no_longer() -> None:
    book = book_of(("A", 200), ("B", 900), reserve=800)
    gone = accepted(book, Bar(bidder="B"), 5000)
    assert not gone.bidding.reserve_met
    assert [event.kind for event in gone.events] == [
        Kind.BIDDER_BARRED,
        Kind.LEAD_CHANGED,
        Kind.PRICE_CHANGED,
        Kind.RESERVE_UNMET,
    ]


def test_a_barred_bidder_can_neither_bid_nor_buy_until_the_house_says_so() -> None:
    book = after(book_of(("A", 500), buy_now=2000, reserve=900), Bar(bidder="B"), 5000)
    assert refused(book, bid("B", 900), 6000).reason is Reason.BARRED
    assert refused(book, BuyNow(bidder="B"), 6000).reason is Reason.BARRED
    again = after(book, Unbar(bidder="B"), 7000)
    assert after(again, bid("B", 900), 8000).bidding.leader == "B"


def test_what_was_taken_back_stays_so_when_the_bidder_may_bid_again() -> None:
    book = after(book_of(("A", 200), ("B", 900)), Bar(bidder="B"), 5000)
    assert after(book, Unbar(bidder="B"), 6000).bidding.leader == "A"


def test_a_bar_and_a_freeze_hold_together() -> None:
    book = after(book_of(("A", 200), ("B", 900)), Freeze(), 5000)
    barred = after(book, Bar(bidder="B"), 6000)
    assert (barred.bidding.leader, barred.bidding.is_frozen) == ("A", True)


def test_who_was_barred_shows_in_no_log_line() -> None:
    barred = after(book_of(), Bar(bidder="https://house.example/customers/eve"), 1)
    assert "eve" not in repr(barred.bidding)
