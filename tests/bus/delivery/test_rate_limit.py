from bus.delivery.rate_limit import Allowance, allowance, full, take

NOW = 1_000_000


def test_what_was_taken_flows_in_again() -> None:
    empty = take(full(10, NOW), 10, NOW)
    assert allowance(full(10, NOW), NOW).events == 10
    assert allowance(empty, NOW + 50) == Allowance(0, NOW + 100)
    assert allowance(empty, NOW + 350) == Allowance(3, NOW + 400)


def test_who_rests_saves_up_no_more_than_a_second() -> None:
    assert allowance(take(full(10, NOW), 10, NOW), NOW + 60_000).events == 10
    assert allowance(take(full(10, NOW), 4, NOW + 60_000), NOW + 60_000).events == 6


def test_a_clock_that_steps_back_gives_nothing_away() -> None:
    assert allowance(take(full(10, NOW), 10, NOW), NOW - 60_000).events == 0


def test_however_much_flows_in_one_more_comes_a_millisecond_later_at_the_earliest() -> None:
    assert allowance(take(full(10_000, NOW), 10_000, NOW), NOW) == Allowance(0, NOW + 1)
