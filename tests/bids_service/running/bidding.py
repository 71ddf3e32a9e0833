"""People who bid on a running service, all at once, and what came of it (docs/bidding.md)."""

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import TypeVar

from bids_client import BidRefused, BidsUnavailable, Money, PlacedBid

from tests.bids_service.running.running import Running

T = TypeVar("T")
NAMES = ["ada", "bob", "cleo", "dan", "eve", "fay"]


@dataclass(frozen=True)
class Try:
    """A bid that was sent, and its answer: taken, refused for a reason, or none at all."""

    name: str
    maximum: int
    key: str
    placed: PlacedBid | None = None
    reason: str = ""


def at_once(acts: Sequence[Callable[[], T]]) -> list[T]:
    """Run all of them in threads that start together."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], T]) -> T:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def place(service: Running, auction: str, name: str, maximum: int, key: str) -> Try:
    """Send one bid, and once more if there is no answer."""
    with service.client() as client:
        try:
            bidder = service.world.person(name)
            placed = client.place(auction, bidder, Money(maximum, "USD"), key)
            return Try(name, maximum, key, placed)
        except BidRefused as refusal:
            return Try(name, maximum, key, reason=refusal.reason)
        except BidsUnavailable:
            return Try(name, maximum, key)


def bidder(
    service: Running, auction: str, number: int, *, until: Callable[[Try], bool], most: int
) -> Callable[[], list[Try]]:
    """Somebody who bids ever more, up to `most` times or `until` an answer."""
    chance = random.Random(number)

    def act() -> list[Try]:
        tries: list[Try] = []
        for step in range(most):
            name, maximum = chance.choice(NAMES), 100 + chance.randrange(300) + 60 * step
            tries.append(place(service, auction, name, maximum, f"{auction}-{number}-{step}"))
            if until(tries[-1]):
                break
        return tries

    return act


def never(_tried: Try) -> bool:
    """Go on to the last."""
    return False


def check_book(service: Running, auction: str, tries: Sequence[Try]) -> None:
    """Who was answered that a bid is taken finds it recorded, once and as answered, and no others.

    The record replays to the state with every maximum (P1), so the leader has the highest (P3).
    """
    from bids_service.storage.whole_bidding import bid_rows
    from bids_service.verify_stored import verify_stored

    queries = service.queries
    verify_stored(service.database, auction)
    stored = queries.bidding_of(auction)
    assert stored is not None
    with service.database.reading() as transaction:
        placed = {row.sequence: row.maximum for row in bid_rows(transaction, stored.id)}
    taken = {it.placed.sequence: it for it in tries if it.placed is not None}
    assert len(taken) == sum(it.placed is not None for it in tries)
    assert {sequence: it.maximum for sequence, it in taken.items()} == placed
    assert sorted(placed) == list(range(1, len(placed) + 1))
    lead = stored.bidding.lead
    if lead is not None and placed:
        assert lead.maximum == max(placed.values())
        first = min(n for n, maximum in placed.items() if maximum == lead.maximum)
        assert lead.bidder == service.world.person(taken[first].name)
        assert lead.price <= lead.maximum
