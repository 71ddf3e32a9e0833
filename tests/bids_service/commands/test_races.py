"""P1 to P7 of docs/bidding.md with real threads on real databases."""

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from werkzeug.test import TestResponse

from bids_service.commands.import_auctions import create_bidding
from bids_service.engine.bidding import Bidding, Outcome, PlacedBid
from bids_service.engine.buy_now import BuyNow
from bids_service.engine.close import Cancel
from bids_service.engine.decision import Accepted
from bids_service.engine.lead import lead_of
from bids_service.model import StoredBid
from tests.bids_service.decisions import command
from tests.bids_service.engine.books import bid, replay
from tests.bids_service.service import (
    AUCTION,
    AUCTIONS,
    END_MS,
    SELLER,
    Service,
    auction,
    bidder,
    known_terms,
)

T = TypeVar("T")
THREADS = 8
NAMES = ["ada", "bob", "cleo", "dan", "eve", "fay"]
BID_CREATED = ("bids", "create")


def at_once(acts: Sequence[Callable[[], T]]) -> list[T]:
    """Run all of them in threads that start together."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], T]) -> T:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def placing(
    service: Service, name: str, minor: int, key: str, url: str = AUCTION
) -> Callable[[], TestResponse]:
    """An act that places one bid."""
    maximum = {"amount": f"{minor // 100}.{minor % 100:02}", "currency": "USD"}
    body = {"auction": url, "bidder": bidder(name), "maximum": maximum}
    http = service.http()
    return lambda: http.post("/bids", json=body, headers={"Idempotency-Key": key})


def bidding_of(service: Service, url: str = AUCTION) -> Bidding:
    stored = service.parts.queries.bidding_of(url)
    assert stored is not None
    return stored.bidding


def recorded(service: Service) -> list[PlacedBid]:
    """Every accepted bid in the recorded order."""
    found: list[StoredBid] = []
    for name in NAMES:
        page = service.parts.queries.bids_of_bidder(bidder(name), before=None, most=10_000)
        found.extend(own.stored for own in page.items)
    return sorted((stored.bid for stored in found), key=lambda one: one.sequence)


def storm(service: Service, seed: int, bids: int = 12) -> list[list[TestResponse]]:
    """Every thread places bids of growing maxima for random bidders; the answers, by thread."""

    def one_thread(number: int) -> Callable[[], list[TestResponse]]:
        chance = random.Random(seed * 100 + number)
        acts = [
            placing(
                service,
                chance.choice(NAMES),
                100 + chance.randrange(200) + 60 * step,
                f"{seed}-{number}-{step}",
            )
            for step in range(bids)
        ]
        return lambda: [act() for act in acts]

    return at_once([one_thread(number) for number in range(THREADS)])


def check_book(service: Service, answers: Sequence[TestResponse]) -> None:
    """What was answered 201 is what is recorded, and it replays to what is public."""
    assert {answer.status_code for answer in answers} <= {201, 409}
    placed = recorded(service)
    taken = [answer.json["sequence"] for answer in answers if answer.status_code == 201]
    assert sorted(taken) == [one.sequence for one in placed] == list(range(1, len(placed) + 1))
    bidding = bidding_of(service)
    assert lead_of(bidding.terms, placed) == bidding.lead
    script = [(bid(one.bidder, one.maximum), one.placed_at_ms) for one in placed]
    replayed = replay(bidding.terms, script)
    assert replayed.bids == tuple(placed)
    assert (replayed.bidding.bid_count, replayed.bidding.sequence) == (
        bidding.bid_count,
        bidding.sequence,
    )


def test_p1_to_p3_any_interleaving_equals_a_serial_replay_of_the_recorded_order(
    service: Service,
) -> None:
    answers = [answer for answers in storm(service, seed=1) for answer in answers]
    check_book(service, answers)
    lead = bidding_of(service).lead
    assert lead is not None
    best = min(recorded(service), key=lambda one: (-one.maximum, one.sequence))
    assert (lead.bidder, lead.maximum) == (best.bidder, best.maximum)
    assert lead.price <= lead.maximum
    creates = [url for topic, type_, url in service.events() if (topic, type_) == BID_CREATED]
    assert len(creates) == len(set(creates)) == len(recorded(service))


def test_p4_of_two_equal_maxima_at_once_one_leads_and_both_are_recorded(service: Service) -> None:
    for number in range(5):
        url = f"{AUCTIONS}/auctions/{number}"
        service.auctions.at[url] = auction(url)
        answers = at_once(
            [placing(service, name, 5000, f"{name}-{number}", url) for name in ("ada", "bob")]
        )
        assert sorted(answer.json["outcome"] for answer in answers) == ["leading", "outbid"]
        bidding = bidding_of(service, url)
        assert (bidding.price, bidding.sequence) == (5000, 2)
        first = next(answer for answer in answers if answer.json["sequence"] == 1)
        assert bidding.leader == first.json["_links"]["bidder"]["href"]


def test_p5_a_bid_racing_the_close_is_in_and_seen_or_refused_as_ended(service: Service) -> None:
    placing(service, "ada", 100, "first")()
    service.clock.now_ms = END_MS - 1

    def closer() -> list[TestResponse]:
        service.clock.now_ms = END_MS
        service.sweep()
        return []

    def one_thread(number: int) -> Callable[[], list[TestResponse]]:
        acts = [
            placing(service, NAMES[number % len(NAMES)], 200 * step, f"{number}-{step}")
            for step in range(1, 15)
        ]
        return lambda: [act() for act in acts]

    racing = at_once([closer, *(one_thread(number) for number in range(THREADS))])
    answers = [answer for answers in racing for answer in answers]
    placed = recorded(service)
    bidding = bidding_of(service)
    assert bidding.outcome is Outcome.SOLD
    assert lead_of(bidding.terms, placed) == bidding.lead
    assert all(one.placed_at_ms < END_MS for one in placed)
    assert len(placed) == 1 + sum(answer.status_code == 201 for answer in answers)
    refused = [answer.json["reason"] for answer in answers if answer.status_code == 409]
    assert "ended" in refused
    last = placing(service, "fay", 10**6, "last")()
    assert (last.status_code, last.json["reason"]) == (409, "ended")


def test_p6_of_a_bid_and_a_buy_now_exactly_one_is_first_and_counts(service: Service) -> None:
    for number in range(6):
        url = f"{AUCTIONS}/auctions/{number}"
        terms = known_terms(buy_now=9000)
        create_bidding(service.parts.books, url, terms)

        def buying(name: str, url: str = url) -> Callable[[], bool]:
            wanted = BuyNow(bidder=bidder(name))
            return lambda: isinstance(command(service, wanted, url), Accepted)

        def bidding(name: str, url: str = url, number: int = number) -> Callable[[], bool]:
            act = placing(service, name, 500, f"{name}-{number}", url)
            return lambda: act().status_code == 201

        bought, also_bought, bid_in = at_once([buying("ada"), buying("bob"), bidding("cleo")])
        after = bidding_of(service, url)
        assert bought + also_bought + bid_in == 1
        assert (after.outcome is Outcome.SOLD) == (not bid_in)
        assert after.sequence == bid_in
        if not bid_in:
            assert (after.price, after.leader) == (9000, bidder("ada" if bought else "bob"))


def test_of_a_bid_and_a_calling_off_without_bids_exactly_one_counts(service: Service) -> None:
    for number in range(12):
        url = f"{AUCTIONS}/auctions/{number}"
        create_bidding(service.parts.books, url, known_terms())

        def calling_off(url: str = url) -> bool:
            cautiously = Cancel(seller=SELLER, only_without_bids=True)
            return isinstance(command(service, cautiously, url), Accepted)

        def bidding(name: str, url: str = url, number: int = number) -> Callable[[], bool]:
            act = placing(service, name, 500, f"{name}-{number}", url)
            return lambda: act().status_code == 201

        called_off, *bids_in = at_once([calling_off, *map(bidding, NAMES[:3])])
        after = bidding_of(service, url)
        assert (after.outcome is Outcome.CANCELLED) == called_off == (not any(bids_in))
        assert after.sequence == sum(bids_in)


def test_p7_one_key_from_many_at_once_is_one_bid_and_equal_answers(service: Service) -> None:
    answers = at_once([placing(service, "ada", 5000, "one-key") for _ in range(THREADS)])
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert [one.sequence for one in recorded(service)] == [1]


def test_one_key_for_many_auctions_at_once_is_one_bid(service: Service) -> None:
    urls = [f"{AUCTIONS}/auctions/{number}" for number in range(THREADS)]
    for url in urls:
        create_bidding(service.parts.books, url, known_terms())
    answers = at_once([placing(service, "ada", 5000, "one-key", url) for url in urls])
    assert sorted(answer.status_code for answer in answers) == [201] + [422] * (THREADS - 1)
    assert len(recorded(service)) == 1


def test_first_bids_on_an_unknown_auction_open_one_bidding(service: Service) -> None:
    answers = at_once(
        [placing(service, name, 1000 * n, f"key-{n}") for n, name in enumerate(NAMES, start=1)]
    )
    check_book(service, answers)
    assert [it[:2] for it in service.events()].count(("biddings", "create")) == 1


def test_two_sweepers_close_each_bidding_once(service: Service) -> None:
    for number in range(40):
        create_bidding(service.parts.books, f"{AUCTIONS}/auctions/{number}", known_terms())
    service.clock.now_ms = END_MS
    at_once([service.sweep, service.sweep, service.sweep])
    updates = [url for topic, type_, url in service.events() if type_ == "update"]
    assert len(updates) == len(set(updates)) == 40
