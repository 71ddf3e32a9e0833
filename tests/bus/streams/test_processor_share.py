"""Readers together take a twenty-fifth of a processor."""

import pytest

from bus.streams.processor_share import ProcessorShare, serving_s


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def share(clock: Clock) -> ProcessorShare:
    return ProcessorShare(clock)


def test_what_is_seldom_costs_no_rest(share: ProcessorShare, clock: Clock) -> None:
    for _ in range(10):
        assert share.spend(0.01) == 0
        clock.now_s += 1


def test_who_takes_much_rests_so_long_that_it_is_a_twenty_fifth(
    share: ProcessorShare, clock: Clock
) -> None:
    began_s = clock.now_s
    for _ in range(1_000):
        clock.now_s += share.spend(0.01)
    assert 10 / (clock.now_s - began_s) == pytest.approx(0.04, rel=0.01)


def test_what_one_has_taken_the_other_waits_for(share: ProcessorShare) -> None:
    assert share.spend(0.02) == 0
    assert share.spend(0.01) == pytest.approx(0.25)
    assert share.spend(0.01) == pytest.approx(0.5)


def test_nobody_is_made_to_rest_for_longer_than_five_seconds(share: ProcessorShare) -> None:
    assert share.spend(60) == pytest.approx(5)


def test_bytes_cost_beside_the_call() -> None:
    assert serving_s(0.0001, 0) == pytest.approx(0.0001)
    assert serving_s(0.0001, 200_000) == pytest.approx(0.0003)
