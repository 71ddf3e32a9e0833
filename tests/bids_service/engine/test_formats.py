"""Sealed bids and several units."""

from bids_service.engine.formats import (
    Award,
    Result,
    SealedBid,
    multi_unit_uniform,
    sealed_first_price,
    sealed_second_price,
)


def test_nobody_wins_below_the_floor() -> None:
    bids = [SealedBid("A", 99)]
    assert sealed_first_price(bids, floor=100) == Result()
    assert sealed_second_price(bids, floor=100) == Result()
    assert multi_unit_uniform(bids, 3, floor=100) == Result()


def test_of_equal_bids_the_earliest_wins() -> None:
    bids = [SealedBid("A", 50), SealedBid("B", 60), SealedBid("C", 60)]
    assert sealed_first_price(bids) == Result((Award("B", 1),), 60)


def test_a_second_price_is_never_the_winners_own_lower_bid() -> None:
    bids = [SealedBid("A", 50), SealedBid("B", 40), SealedBid("A", 60)]
    assert sealed_second_price(bids) == Result((Award("A", 1),), 40)


def test_the_last_winner_may_get_a_part_and_all_pay_the_lowest_winning_amount() -> None:
    bids = [SealedBid("A", 50, 2), SealedBid("B", 60, 2), SealedBid("C", 40, 5)]
    assert multi_unit_uniform(bids, 3) == Result((Award("B", 2), Award("A", 1)), 50)


def test_fewer_bids_than_units_sell_what_is_asked_for() -> None:
    assert multi_unit_uniform([SealedBid("A", 50, 2)], 10) == Result((Award("A", 2),), 50)
