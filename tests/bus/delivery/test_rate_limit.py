from bus.delivery.rate_limit import Allowance, RateLimit, allowance, full, take

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


def test_who_has_no_limit_may_take_any_number_and_who_has_one_what_is_left_of_it() -> None:
    free, limited = RateLimit(None), RateLimit(10)
    assert free.allowance(NOW) is None
    assert limited.allowance(NOW) == allowance(full(10, NOW), NOW)
    for one in (free, limited):
        one.spend(10, NOW)
    assert free.allowance(NOW) is None
    assert limited.allowance(NOW) == Allowance(0, NOW + 100)
