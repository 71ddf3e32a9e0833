"""How a listing's own terms would play out, told by the simulator of bids_service."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from bids_client import PlayedStep, Step
from service_kit.money import Money

from auction_app.listings.terms import Terms


@dataclass(frozen=True, kw_only=True)
class ExampleStep:
    """`bidder` sets `maximum`; both are None when time is up. The rest is how it stands then.

    `reserve_met` says that this step met it, `extended_to_ms` is the end that it moved.
    """

    bidder: str | None
    maximum: Money | None
    leader: str | None
    price: Money | None
    minimum: Money | None
    reserve: str
    reserve_met: bool
    extended_to_ms: int | None
    outcome: str | None


Simulate = Callable[[Mapping[str, Any], Sequence[Step]], list[PlayedStep]]
"""Plays terms through, step by step. Raises BidsUnavailable."""


def simulate_terms(simulate: Simulate, terms: Terms) -> list[ExampleStep]:
    """The example for these terms, step by step. Raises BidsUnavailable."""
    steps = list(_story(terms))
    return list(_told(terms, steps, simulate(terms.to_wire(private=True), steps)))


def _story(terms: Terms) -> Iterator[Step]:
    """Ada sets a maximum, Ben a lower one, Cleo one at the reserve if that is higher still, Dan
    the highest if a late bid can move the end. All are far enough apart for any table of steps."""
    reserve, start_ms = _minor(terms.reserve), terms.starts_at_ms
    low, highest = _maxima(_minor(terms.start_price))
    if 0 < reserve <= highest:
        low, highest = _maxima(reserve)  # Ada meets it, and Ben bids above it
    yield _bid(terms, start_ms, "Ada", highest)
    yield _bid(terms, start_ms, "Ben", low)
    if reserve > highest:
        highest = reserve
        yield _bid(terms, start_ms, "Cleo", highest)
    if terms.soft_close:
        late_ms = max(start_ms, terms.ends_at_ms - terms.soft_close.window_ms // 2)
        yield _bid(terms, late_ms, "Dan", _maxima(highest)[0])
    yield Step(at_ms=terms.hard_end_at_ms or terms.ends_at_ms, do="close")


def _maxima(price_minor: int) -> tuple[int, int]:
    """Two and three times a price: 10.00 → 20.00 and 30.00; of a small one, 0.01 → 1.01, 2.01."""
    unit = max(price_minor, 100)
    return price_minor + unit, price_minor + 2 * unit


def _minor(amount: Money | None) -> int:
    return amount.amount_minor if amount else 0


def _bid(terms: Terms, at_ms: int, bidder: str, maximum_minor: int) -> Step:
    maximum = Money(maximum_minor, terms.currency)
    return Step(at_ms=at_ms, do="place-bid", bidder=bidder, maximum=maximum)


def _told(
    terms: Terms, steps: Sequence[Step], played: Iterable[PlayedStep]
) -> Iterator[ExampleStep]:
    taken = [(step, after) for step, after in zip(steps, played, strict=True) if after.accepted]
    reserves = ["not_met" if terms.reserve else "none", *(after.reserve for _, after in taken)]
    ends = [terms.ends_at_ms, *(after.ends_at_ms for _, after in taken)]
    for (step, after), reserve, end in zip(taken, pairwise(reserves), pairwise(ends), strict=True):
        yield ExampleStep(
            bidder=step.bidder,
            maximum=step.maximum,
            leader=after.leader,
            price=after.price,
            minimum=after.minimum,
            reserve=after.reserve,
            reserve_met=reserve == ("not_met", "met"),
            extended_to_ms=end[1] if end[1] > end[0] else None,
            outcome=after.outcome,
        )
