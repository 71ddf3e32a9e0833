"""A clock that jumps is not believed at once."""

import pytest
from service_kit.clock import TrustedClock, now_ms, steady_ms

START_MS = 1_700_000_000_000
DAY_MS = 86_400_000


class Clocks:
    """A wall clock that may be set, and a steady one."""

    def __init__(self) -> None:
        self.wall_ms, self.steady_ms = START_MS, 77
        self.trusted = TrustedClock(lambda: self.wall_ms, lambda: self.steady_ms)

    def go_on(self, ms: int) -> int:
        """Time passes, and is looked at every second; what the trusted clock says then."""
        for _ in range(0, ms, 1_000):
            self.wall_ms += 1_000
            self.steady_ms += 1_000
            self.trusted()
        return self.trusted()


@pytest.mark.parametrize("by_ms", [-5_000, -1, 1, 5_000])
def test_a_small_correction_is_followed_at_once(by_ms: int) -> None:
    clocks = Clocks()
    clocks.wall_ms += by_ms
    assert clocks.trusted() == START_MS + by_ms
    assert clocks.go_on(10_000) == START_MS + by_ms + 10_000


@pytest.mark.parametrize("by_ms", [40 * DAY_MS, -40 * DAY_MS, 3_600_000, -3_600_000, 6_000])
def test_a_jump_that_is_taken_back_was_never_there(by_ms: int) -> None:
    clocks = Clocks()
    clocks.wall_ms += by_ms
    assert clocks.go_on(60_000) == START_MS + 60_000
    clocks.wall_ms -= by_ms
    assert clocks.go_on(60_000) == START_MS + 120_000


@pytest.mark.parametrize("by_ms", [40 * DAY_MS, -3_600_000])
def test_a_jump_that_stays_is_believed_after_ten_minutes(by_ms: int) -> None:
    clocks = Clocks()
    clocks.wall_ms += by_ms
    assert clocks.go_on(599_000) == START_MS + 599_000
    assert clocks.go_on(2_000) == START_MS + by_ms + 601_000


def test_a_clock_that_jumps_about_is_not_believed() -> None:
    clocks = Clocks()
    for by_ms in (DAY_MS, -2 * DAY_MS, DAY_MS) * 2:
        clocks.wall_ms += by_ms
        clocks.go_on(300_000)
    assert clocks.trusted() == START_MS + 1_800_000


def test_a_process_that_stood_still_knows_how_late_it_is() -> None:
    clocks = Clocks()
    clocks.wall_ms += DAY_MS
    clocks.steady_ms += DAY_MS
    assert clocks.trusted() == START_MS + DAY_MS


def test_the_machines_clocks_go_on() -> None:
    before = now_ms(), steady_ms()
    assert START_MS < before[0] <= now_ms()
    assert 0 < before[1] <= steady_ms()
