"""P1 to P9 and P11 of docs/bidding.md against the running service, over HTTP, all at once."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests
from bids_client import BidRefused, Money, NotPossible
from click.testing import CliRunner
from service_kit.clock import now_ms

from bids_service.engine.bidding import Outcome
from bids_service.verify import main
from bids_service.verify_stored import verify_stored
from tests.bids_service.running.bidding import (
    NAMES,
    Try,
    at_once,
    bidder,
    check_book,
    never,
    place,
)
from tests.bids_service.running.running import TOKEN, Running
from tests.bids_service.service import usd
from tests.waiting import wait_for

THREADS = 8
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def storm(service: Running, auction: str, bids: int = 8) -> list[Try]:
    acts = [bidder(service, auction, n, until=never, most=bids) for n in range(THREADS)]
    return [tried for tries in at_once(acts) for tried in tries]


def test_p1_to_p3_any_interleaving_is_a_serial_replay_of_the_recorded_order(
    service: Running,
) -> None:
    auction = service.world.auction()
    tries = storm(service, auction)
    assert {it.reason for it in tries} <= {
        "",
        "below_minimum",
        "not_higher_than_own_maximum",
    }
    assert all(it.placed or it.reason for it in tries)
    check_book(service, auction, tries)


def test_p4_of_two_equal_maxima_at_once_one_leads_and_both_are_recorded(service: Running) -> None:
    for number in range(4):
        auction = service.world.auction()
        tries = at_once([partial(place, service, auction, n, 5000, f"{auction}-{n}") for n in "ab"])
        assert sorted(it.placed.outcome for it in tries if it.placed) == ["leading", "outbid"]
        with service.client() as client:
            assert client.bidding_of(auction).price == Money(5000, "USD"), number
        check_book(service, auction, tries)


def test_p5_a_bid_racing_the_close_is_in_and_seen_or_refused_as_ended(
    service: Running, tmp_path: Path
) -> None:
    auction = service.world.auction(lasts_ms=1500)
    acts = [
        bidder(service, auction, n, until=lambda it: it.reason == "ended", most=500)
        for n in range(THREADS)
    ]
    tries = [tried for tries in at_once(acts) for tried in tries]
    with service.client() as client:
        bidding = wait_for(lambda: _closed(client.bidding_of(auction)), what="the close")
    check_book(service, auction, tries)
    assert bidding.outcome == "sold"
    taken = [it.placed for it in tries if it.placed]
    assert all(bid.placed_at_ms < bidding.ends_at_ms for bid in taken)
    assert sum(it.reason == "ended" for it in tries) == THREADS
    assert service.world.person("seller") == bidding.seller
    # What anybody can export now proves the result, and each bidder's own maxima open.
    service.world.link_bidding(auction, bidding.url)
    exported = tmp_path / "history.json"
    assert verified(auction, "--save", str(exported)) == 0
    assert verified(str(exported), "--receipt", taken[0].receipt) == 0
    own = tmp_path / "own.json"
    listed = requests.get(
        f"{service.url}/bids", params={"bidder": taken[0].bidder}, headers=BEARER, timeout=10
    )
    own.write_text(listed.text)
    assert verified(bidding.url, "--own", str(own)) == 0
    lied = json.loads(exported.read_text())
    lied["bidding"]["price"]["amount"] = "0.01"
    exported.write_text(json.dumps(lied))
    assert verified(str(exported)) == 1


def _closed(bidding: Any) -> Any:
    return bidding if bidding.status == "closed" else None


def verified(*arguments: str) -> int:
    done = CliRunner().invoke(main, list(arguments))
    assert done.exit_code in {0, 1}, done.output
    assert ("NOT PROVEN" in done.output) == (done.exit_code == 1)
    return done.exit_code


def test_p6_of_bids_and_purchases_one_is_first_and_then_nothing_is_taken(service: Running) -> None:
    for _ in range(3):
        auction = service.world.auction(buy_now={"amount": "90.00", "currency": "USD"})
        url = f"{service.url}/biddings"
        with service.client() as client:
            client.place_later(auction, service.world.person("seller"), Money(1, "USD"), auction)
            bidding = client.bidding_of(auction)
        assert bidding.buy_now == Money(9000, "USD"), url

        def buy(name: str, auction: str = auction, bidding: Any = bidding) -> bool:
            with service.client() as client:
                try:
                    client.buy_now(bidding, service.world.person(name), f"{auction}-buy-{name}")
                except (BidRefused, NotPossible):
                    return False
                return True

        def bid(name: str, auction: str = auction) -> bool:
            return place(service, auction, name, 500, f"{auction}-{name}").placed is not None

        bought_by_ada, bought_by_bob, bid_in = at_once(
            [lambda: buy("ada"), lambda: buy("bob"), lambda: bid("cleo")]
        )
        verify_stored(service.database, auction)
        stored = service.queries.bidding_of(auction)
        assert stored is not None
        assert bought_by_ada + bought_by_bob + bid_in == 1
        assert (stored.bidding.outcome is Outcome.SOLD) == (not bid_in)
        if not bid_in:
            assert not bid("dan")


@pytest.mark.parametrize("early_ms", [40, 0])
def test_p6_with_bids_and_the_close_racing_there_is_one_sale_or_none(
    service: Running, early_ms: int
) -> None:
    # As long as the reserve is not met, bids leave buy-now alone: both go on to the end.
    auction = service.world.auction(lasts_ms=900, reserve=usd("500.00"), buy_now=usd("600.00"))
    assert place(service, auction, "fay", 150, f"{auction}-first").placed
    with service.client() as client:
        bidding = client.bidding_of(auction)

    def buy(name: str) -> list[Try]:
        moment = bidding.ends_at_ms - early_ms
        wait_for(lambda: now_ms() >= moment, what="the moment to buy")
        with service.client() as client:
            try:
                client.buy_now(bidding, service.world.person(name), f"{auction}-buy-{name}")
            except BidRefused as refusal:
                return [Try(name, 60_000, "", reason=refusal.reason)]
        return [Try(name, 60_000, "")]

    bids = [
        bidder(service, auction, n, until=lambda it: it.reason == "ended", most=500)
        for n in range(3)
    ]
    acts: list[Callable[[], list[Try]]] = [partial(buy, "ada"), partial(buy, "bob"), *bids]
    (ada,), (bob,), *tried = at_once(acts)
    with service.client() as client:
        closed = wait_for(lambda: _closed(client.bidding_of(auction)), what="the close")
    verify_stored(service.database, auction)
    bought = [it for it in (ada, bob) if not it.reason]
    assert {ada.reason, bob.reason} <= {"", "ended"}
    assert (closed.outcome, len(bought)) in {("sold", 1), ("unsold", 0)}
    assert not bought or closed.leader == service.world.person(bought[0].name)
    taken = [it.placed for tries in tried for it in tries if it.placed]
    assert all(bid.placed_at_ms <= closed.closed_at_ms for bid in taken)
    assert all(tries[-1].reason == "ended" for tries in tried)


def test_p7_one_key_from_many_at_once_is_one_bid_and_equal_answers(service: Running) -> None:
    auction = service.world.auction()
    body = {
        "auction": auction,
        "bidder": service.world.person("ada"),
        "maximum": {"amount": "50.00", "currency": "USD"},
    }

    def post() -> tuple[int, str]:
        headers = BEARER | {"Idempotency-Key": f"{auction}-one-key"}
        answer = requests.post(f"{service.url}/bids", json=body, headers=headers, timeout=20)
        return answer.status_code, answer.text

    answers = at_once([post] * 16)
    assert {status for status, _ in answers} == {201}
    assert len({text for _, text in answers}) == 1
    stored = service.queries.bidding_of(auction)
    assert stored is not None
    assert stored.bidding.sequence == 1


def test_p8_and_p9_no_maximum_and_no_reserve_is_told_to_anybody_else(service: Running) -> None:
    maxima, reserve = [765_432, 876_543, 987_654], 1_234_567
    # Steps so wide that no public price lies one increment above a maximum.
    auction = service.world.auction(
        lasts_ms=1500,
        increments=[[1, 25_011]],
        reserve={"amount": "12345.67", "currency": "USD"},
    )
    tries = [
        place(service, auction, name, maximum, f"{auction}-{name}")
        for name, maximum in zip(("ada", "bob", "cleo"), maxima, strict=True)
    ]
    assert all(it.placed for it in tries)
    with service.client() as client:
        bidding = client.bidding_of(auction)
        seen = [repr(bidding), repr(list(client.bids(bidding)))]
        wait_for(lambda: _closed(client.bidding_of(auction)), what="the close")
    for path in ("", "/bids", "/history"):
        for headers in (dict[str, str](), BEARER):
            answer = requests.get(f"{bidding.url}{path}", headers=headers, timeout=10)
            assert answer.status_code == 200
            seen.append(answer.text)
    seen += [service.output(), *service.world.bodies]
    text = "\n".join(seen)
    secrets = [*maxima, reserve]
    told = [str(it) for it in secrets if str(it) in text or f"{it // 100}.{it % 100:02}" in text]
    assert told == []
    assert verified(bidding.url) == 0


def test_p11_every_accepted_bid_has_one_entry_and_its_event_arrives(service: Running) -> None:
    auction = service.world.auction()
    tries = storm(service, auction, bids=4)
    check_book(service, auction, tries)
    urls = {it.placed.url for it in tries if it.placed}
    wait_for(
        lambda: urls <= service.world.events("bids", "create").keys(), what="every bid's event"
    )
    stored = service.queries.bidding_of(auction)
    assert stored is not None
    page = service.queries.history(stored.id, after=1, most=10_000)
    receipts = [one.hash for one in page.items]
    assert sorted(receipts) == sorted(it.placed.receipt for it in tries if it.placed)
    with service.client() as client:
        bidding = client.bidding_of(auction)
    assert bidding.url in service.world.events("biddings", "create")
    # One update a command at most: many bids may share one.
    updates = wait_for(lambda: service.world.events("biddings", "update")[bidding.url])
    assert updates <= len(urls)


def test_commands_that_are_answered_later_are_carried_out_in_their_order(service: Running) -> None:
    auction = service.world.auction()
    with service.client() as client:
        outcomes = [
            client.place_later(
                auction,
                service.world.person(name),
                Money(1000 * (number + 1), "USD"),
                f"{auction}-later-{number}",
            )
            for number, name in enumerate(NAMES)
        ]
        for url in outcomes:
            wait_for(lambda url=url: client.outcome(url).is_done, what=url)  # type: ignore[misc]
        bids = [client.bid(client.outcome(url).bid or "") for url in outcomes]
    assert [bid.sequence for bid in bids] == [1, 2, 3, 4, 5, 6]
    assert [bid.bidder for bid in bids] == [service.world.person(name) for name in NAMES]
    verify_stored(service.database, auction)
