"""Auction formats that decide once, after the last bid: sealed bids and several equal units."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Format(StrEnum):
    """How an auction is decided; `english` is the open one with proxy bids that `book` plays."""

    ENGLISH = "english"
    SEALED_FIRST_PRICE = "sealed_first_price"
    SEALED_SECOND_PRICE = "sealed_second_price"
    MULTI_UNIT_UNIFORM = "multi_unit_uniform"


@dataclass(frozen=True, slots=True)
class SealedBid:
    """`amount` in minor units for each of `quantity` units."""

    bidder: str
    amount: int
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Award:
    """Who gets how many units."""

    bidder: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Result:
    """The awards, best bid first, and what each unit costs; both empty when nothing was sold."""

    awards: tuple[Award, ...] = ()
    price: int | None = None


def sealed_first_price(bids: Iterable[SealedBid], *, floor: int = 0) -> Result:
    """The highest bid wins and is paid, of equals the earliest. `floor`: reserve or start price."""
    ranked = _ranked(bids, floor)
    return Result((Award(ranked[0].bidder, 1),), ranked[0].amount) if ranked else Result()


def sealed_second_price(bids: Iterable[SealedBid], *, floor: int = 0) -> Result:
    """The highest bid wins and pays the best of the others (Vickrey), or the floor without any."""
    ranked = _ranked(bids, floor)
    if not ranked:
        return Result()
    others = [bid.amount for bid in ranked if bid.bidder != ranked[0].bidder]
    return Result((Award(ranked[0].bidder, 1),), max(others, default=floor))


def multi_unit_uniform(bids: Iterable[SealedBid], quantity: int, *, floor: int = 0) -> Result:
    """The best bids share `quantity` units at the lowest winning amount; the last gets the rest."""
    awards: list[Award] = []
    price: int | None = None
    for bid in _ranked(bids, floor):
        share = min(bid.quantity, quantity)
        if share < 1:
            break
        quantity -= share
        price = bid.amount
        awards.append(Award(bid.bidder, share))
    return Result(tuple(awards), price)


def _ranked(bids: Iterable[SealedBid], floor: int) -> Sequence[SealedBid]:
    """Highest first; the sort is stable, so of equal bids the earlier comes first."""
    return sorted((bid for bid in bids if bid.amount >= floor), key=lambda bid: -bid.amount)
