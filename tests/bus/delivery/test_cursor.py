import pytest

from bus.delivery.cursor import Progress, floor, gaps
from bus.model.delivery import Cursor
from bus.model.event import RESYNC
from tests.bus.samples import log_event


@pytest.mark.parametrize(
    ("firsts", "upto", "expected"), [([], 8, 8), ([5], 8, 4), ([5, 9], 8, 4), ([12], 8, 11)]
)
def test_the_floor_is_before_the_first_that_waits(
    firsts: list[int], upto: int, expected: int
) -> None:
    assert floor(firsts, upto) == expected


def test_gaps_are_what_is_not_settled_up_to_the_high_watermark() -> None:
    assert gaps([9, 3, 5, 3], 7) == (3, 5)
    assert gaps([7, 8], 7) == (7,)


def test_what_is_passed_out_of_turn_is_stored_with_what_it_left_behind() -> None:
    progress = Progress(Cursor(2, 2, 2))
    progress.acknowledged([log_event(5), log_event(6)])
    assert progress.cursor(2, [3, 4, 7], 0) == Cursor(2, 6, 6, (3, 4))
    assert progress.cursor(6, [7], 0) == Cursor(6, 6, 6)


def test_the_floor_stays_before_what_is_gone_until_a_resync_has_passed() -> None:
    progress = Progress(Cursor(2, 2))
    progress.lost(3)
    assert (progress.floor([9], 9), progress.has_lost) == (2, True)
    progress.passed([log_event(8, topic="bus", type=RESYNC)])
    assert (progress.floor([9], 9), progress.has_lost) == (8, False)
