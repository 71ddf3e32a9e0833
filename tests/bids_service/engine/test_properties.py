"""P1 to P4 of docs/bidding.md, and what must hold, for any sequence of commands."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bids_service.engine.bid import Bid
from bids_service.engine.bidding import Lead, PlacedBid
from bids_service.engine.book import Book, Command, decide, open_book
from bids_service.engine.buy_now import BuyNow
from bids_service.engine.close import Cancel, Close
from bids_service.engine.decision import Accepted, Refused
from bids_service.engine.house import Bar, End, Freeze, Resume, Unbar
from bids_service.engine.increments import IncrementTable
from bids_service.engine.lead import lead_of
from bids_service.engine.retract import Retract
from bids_service.engine.terms import SoftClose, Terms
from tests.bids_service.engine.books import replay

pytestmark = pytest.mark.slow

HOUR_MS = 3_600_000
END_MS = 20 * HOUR_MS
BIDDERS = st.sampled_from(["A", "B", "C", "D"])
TABLES = st.sampled_from(
    [((0, 1),), ((0, 10),), ((1, 5), (100, 25), (500, 50)), ((0, 7), (60, 90))]
).map(IncrementTable)

Timed = list[tuple[Command, int]]


@st.composite
def any_terms(draw: st.DrawFn, /, **fixed: Any) -> Terms:
    soft_close = st.builds(
        SoftClose,
        window_ms=st.integers(1, 3 * HOUR_MS),
        extension_ms=st.integers(1, 3 * HOUR_MS),
    )
    drawn: dict[str, Any] = {
        "start_price": draw(st.integers(0, 100)),
        "increments": draw(TABLES),
        "reserve": draw(st.none() | st.integers(0, 400)),
        "buy_now": draw(st.none() | st.integers(1, 600)),
        "soft_close": draw(st.none() | soft_close),
        "hard_end_at_ms": draw(st.none() | st.integers(END_MS, END_MS + 2 * HOUR_MS)),
    }
    usual: dict[str, Any] = {
        "seller": "seller",
        "currency": "USD",
        "starts_at_ms": 0,
        "ends_at_ms": END_MS,
    }
    return Terms(**(usual | drawn | fixed))


def bids() -> st.SearchStrategy[Bid]:
    return st.builds(Bid, bidder=BIDDERS, maximum=st.integers(0, 600), currency=st.just("USD"))


def commands() -> st.SearchStrategy[Command]:
    rare = st.one_of(
        st.builds(Retract, bidder=BIDDERS),
        st.builds(BuyNow, bidder=BIDDERS),
        st.just(Close()),
        st.just(Cancel(seller="seller")),
    )
    house = st.one_of(
        st.just(Freeze()),
        st.just(Resume()),
        st.just(End()),
        st.builds(Bar, bidder=BIDDERS),
        st.builds(Unbar, bidder=BIDDERS),
    )
    return st.one_of(bids(), bids(), bids(), rare, house)


@st.composite
def timed(
    draw: st.DrawFn, what: st.SearchStrategy[Command], last_ms: int = END_MS + HOUR_MS
) -> Timed:
    chosen = draw(st.lists(what, max_size=12))
    moments = draw(st.lists(st.integers(0, last_ms), min_size=len(chosen), max_size=len(chosen)))
    return list(zip(chosen, sorted(moments), strict=True))


def ranked_first(placed: Sequence[PlacedBid]) -> PlacedBid:
    return min(placed, key=lambda one: (-one.maximum, one.sequence))


@given(any_terms(), timed(commands()))
def test_the_accepted_commands_alone_replay_to_the_same_book(terms: Terms, script: Timed) -> None:
    book = open_book(terms)
    recorded: Timed = []
    for command, at_ms in script:
        decision = decide(book, command, at_ms)
        book = book.after(decision)
        if isinstance(decision, Accepted):
            recorded.append((command, at_ms))
    assert replay(terms, recorded) == replay(terms, script) == book


@given(any_terms(buy_now=None), timed(commands()))
def test_the_state_kept_for_speed_is_what_the_bids_replay_to(terms: Terms, script: Timed) -> None:
    book = replay(terms, script)
    assert lead_of(terms, book.bids) == book.bidding.lead


@given(any_terms(), timed(commands()))
def test_step_by_step_the_rules_hold(terms: Terms, script: Timed) -> None:
    book = open_book(terms)
    for command, at_ms in script:
        decision = decide(book, command, at_ms)
        after = book.after(decision)
        check_step(book, command, decision, after)
        book = after


def check_step(before: Book, command: Command, decision: Accepted | Refused, after: Book) -> None:
    old, new = before.bidding, after.bidding
    if isinstance(decision, Refused):
        assert after == before
        return
    assert new.ends_at_ms >= old.ends_at_ms
    if new.hard_end_at_ms is not None:
        assert new.ends_at_ms <= new.hard_end_at_ms
    if old.is_closed:
        assert after == before
    if old.is_frozen:
        assert not isinstance(command, Bid | BuyNow)
    if isinstance(command, Bid | BuyNow):
        assert command.bidder not in old.barred
    assert not {one.bidder for one in after.bids} & new.barred
    if not isinstance(command, Retract | BuyNow | Bar):
        assert (new.price or 0) >= (old.price or 0)
    assert (new.version != old.version) == (public_face(before) != public_face(after))
    if new.lead is not None and not isinstance(command, BuyNow) and not new.is_closed:
        check_lead(after, new.lead)


def check_lead(book: Book, lead: Lead) -> None:
    assert lead.price <= lead.maximum
    first = ranked_first(book.bids)
    assert (lead.bidder, lead.maximum) == (first.bidder, first.maximum)
    others = [one.maximum for one in book.bids if one.bidder != lead.bidder]
    assert lead.runner_up_maximum == max(others, default=None)
    assert lead.price >= max(others, default=0)


def public_face(book: Book) -> tuple[object, ...]:
    one = book.bidding
    return (
        *(one.leader, one.price, one.reserve_met, one.buy_now_available),
        *(one.bid_count, one.ends_at_ms, one.outcome, one.frozen_at_ms),
    )


@given(any_terms(reserve=None, soft_close=None, buy_now=None), timed(bids()))
def test_the_price_is_at_most_one_increment_above_the_runner_up(
    terms: Terms, script: Timed
) -> None:
    lead = replay(terms, script).bidding.lead
    if lead is not None and lead.runner_up_maximum is not None:
        assert lead.price <= terms.increments.above(lead.runner_up_maximum)


@given(any_terms(reserve=None), st.integers(100, 600), BIDDERS)
def test_of_two_equal_maxima_the_first_leads_at_exactly_that_amount(
    terms: Terms, maximum: int, bidder: str
) -> None:
    other = "E"
    script: Timed = [
        (Bid(bidder=bidder, maximum=maximum, currency="USD"), 1),
        (Bid(bidder=other, maximum=maximum, currency="USD"), 2),
    ]
    book = replay(terms, script)
    if len(book.bids) == 2:
        assert (book.bidding.leader, book.bidding.price) == (bidder, maximum)


@given(
    any_terms(soft_close=None, hard_end_at_ms=None, buy_now=None),
    timed(bids(), last_ms=END_MS - 12 * HOUR_MS - 2),
    BIDDERS,
)
def test_after_a_retraction_it_is_as_if_the_bids_had_never_been_placed(
    terms: Terms, script: Timed, bidder: str
) -> None:
    book = open_book(terms)
    accepted: Timed = []
    for command, at_ms in script:
        decision = decide(book, command, at_ms)
        if isinstance(decision, Accepted):
            accepted.append((command, at_ms))
        book = book.after(decision)
    decision = decide(book, Retract(bidder=bidder), END_MS - 12 * HOUR_MS - 1)
    if isinstance(decision, Refused):
        assert all(one.bidder != bidder for one in book.bids)
        return
    never = replay(terms, [(c, t) for c, t in accepted if getattr(c, "bidder", "") != bidder])
    after = book.after(decision)
    assert after.bidding.lead == never.bidding.lead
    assert [one.maximum for one in after.bids] == [one.maximum for one in never.bids]


@given(any_terms(), timed(commands()), st.integers(1, 500))
def test_the_minimum_tells_nothing_about_a_maximum(
    terms: Terms, script: Timed, higher: int
) -> None:
    """Two books that look alike to the public have the same minimum."""
    book = replay(terms, script)
    if book.bidding.lead is None or book.bidding.is_closed or book.bidding.is_frozen:
        return
    raise_own = Bid(
        bidder=book.bidding.lead.bidder,
        maximum=max(book.bidding.lead.maximum, book.bidding.minimum) + higher,
        currency="USD",
    )
    raised = decide(book, raise_own, max(0, book.bidding.ends_at_ms - 1))
    assert isinstance(raised, Accepted)
    if raised.bidding.price == book.bidding.price:
        assert raised.bidding.minimum == book.bidding.minimum
