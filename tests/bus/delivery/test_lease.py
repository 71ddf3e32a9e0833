from bus.delivery.lease import LAPSES_AFTER_MS, Observation, lapsed, observe


def gone(first_seen_ms: int, *, steady_ms: int, age_ms: int = 0) -> frozenset[str]:
    return lapsed(
        {"other": Observation(5, first_seen_ms)},
        {"other": (5, 1_000_000 - age_ms)},
        steady_ms=steady_ms,
        now_ms=1_000_000,
    )


def test_a_beat_that_moves_keeps_a_pusher_alive() -> None:
    first = observe({}, {"other": (1, 0)}, steady_ms=0)
    later = observe(first, {"other": (2, 0)}, steady_ms=5_999)
    assert later == {"other": Observation(2, 5_999)}


def test_a_beat_that_stands_still_ages() -> None:
    first = observe({}, {"other": (1, 0)}, steady_ms=0)
    assert observe(first, {"other": (1, 0)}, steady_ms=5_999) == first


def test_a_pusher_that_left_is_forgotten() -> None:
    assert observe({"other": Observation(1, 0)}, {}, steady_ms=1) == {}


def test_a_pusher_is_given_up_after_six_seconds_without_a_beat() -> None:
    assert gone(0, steady_ms=LAPSES_AFTER_MS - 1) == set()
    assert gone(0, steady_ms=LAPSES_AFTER_MS) == {"other"}


def test_clocks_that_differ_by_seconds_give_nobody_up() -> None:
    assert gone(0, steady_ms=1, age_ms=30_000) == set()


def test_a_beat_of_yesterday_needs_no_watching() -> None:
    assert gone(0, steady_ms=1, age_ms=86_400_000) == {"other"}
