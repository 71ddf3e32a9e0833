"""How a listing's own terms would play out, with figures from its own price steps.

The rules are those of bids_service (docs: bidding rules 3, 4, 5, 9 and 12); the listing's table of
steps is the one that it will be announced with.
"""

from dataclasses import dataclass

from service_kit.money import Money

from auction_app.increments import Increments
from auction_app.terms import Terms


@dataclass(frozen=True, kw_only=True)
class WorkedExample:
    """Two bidders: the first sets `first_maximum`, the second a lower `second_maximum`.

    `price_first` is the price after the first bid, `price_second` after the second (the first
    still leads), `next_minimum` what a third would have to bid. `price_at_reserve` is where the
    price jumps once a maximum meets the reserve.
    """

    first_maximum: Money
    price_first: Money
    second_maximum: Money
    price_second: Money
    next_minimum: Money
    price_at_reserve: Money | None


def worked_example(terms: Terms) -> WorkedExample:
    """The example for these terms: maxima eight and four steps above the start price."""
    start = terms.start_price.amount_minor
    second = _climb(start, terms.increments, 4)
    first = _climb(second, terms.increments, 4)
    price = min(first, second + step_at(terms.increments, second))

    def money(minor: int) -> Money:
        return Money(minor, terms.currency)

    return WorkedExample(
        first_maximum=money(first),
        price_first=money(start),
        second_maximum=money(second),
        price_second=money(price),
        next_minimum=money(price + step_at(terms.increments, price)),
        price_at_reserve=terms.reserve,
    )


def step_at(increments: Increments, price_minor: int) -> int:
    """The step at a price, lower bounds inclusive: 99 → 5, 100 → 25 in the house's table."""
    step = increments[0][1]
    for lower, its_step in increments:
        if lower <= price_minor:
            step = its_step
    return step


def _climb(price_minor: int, increments: Increments, steps: int) -> int:
    for _ in range(steps):
        price_minor += step_at(increments, price_minor)
    return price_minor
