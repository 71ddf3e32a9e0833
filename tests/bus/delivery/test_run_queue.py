"""Which lanes are looked at, when many are awake."""

from dataclasses import replace

from bus.delivery.run_queue import Lanes
from tests.bus.samples import held


def lanes_of(count: int) -> Lanes:
    """So many, which all wake together."""
    lanes = Lanes()
    one = held()
    lanes.update(
        replace(one, subscription=replace(one.subscription, id=number))
        for number in range(1, count + 1)
    )
    return lanes


def ids(lanes: Lanes) -> list[int]:
    return [lane.subscription.id for lane in lanes.due(0)]


def test_a_few_are_looked_at_together_in_the_order_of_waking() -> None:
    lanes = lanes_of(3)
    assert ids(lanes) == [1, 2, 3]
    assert ids(lanes) == []


def test_of_a_crowd_everybody_is_looked_at_once() -> None:
    lanes = lanes_of(100)
    rounds = []
    while some := ids(lanes):
        rounds.append(some)
    assert len(rounds) > 1
    assert sorted(one for some in rounds for one in some) == list(range(1, 101))


def test_whoever_wakes_last_does_not_wait_for_a_crowd_nor_the_first_for_ever() -> None:
    lanes = lanes_of(100)
    ids(lanes)
    woken = lanes.find(1)
    assert woken is not None
    lanes.wake(woken)
    some = ids(lanes)
    assert 1 in some
    assert min(one for one in some if one > 1) == 5  # the first of those that have waited
