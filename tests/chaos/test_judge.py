"""The judge sees what must not be, and nothing else."""

from tests.chaos.journal import Delivery, Seen
from tests.chaos.judge import Lapse, Received, Verdict, judge
from tests.chaos.writers import Written

URL = "https://chaos.example/apples/1"


def event(position: int, url: str = URL) -> Seen:
    return Seen(f"log-{position}", f"a:{position}", url, position)


def written(*positions: int, unknown: tuple[int, ...] = ()) -> Written:
    tried = {f"a:{position}" for position in (*positions, *unknown)}
    return Written("apples", tried, [(f"a:{position}", URL) for position in positions])


def taken(at: float, *positions: int) -> Delivery:
    events = tuple(event(position) for position in positions)
    return Delivery(at, events, taking=True, taken_at=at + 0.01)


def in_doubt(at: float, *positions: int) -> Delivery:
    return Delivery(at, tuple(event(position) for position in positions), taking=True)


def refused(at: float, *positions: int) -> Delivery:
    return Delivery(at, tuple(event(position) for position in positions))


def verdict(one: Written, *deliveries: Delivery, lapses: tuple[Lapse, ...] = ()) -> Verdict:
    return judge([one], [Received("s", ("apples",), deliveries)], lapses)


def test_all_is_well_when_everything_came_once_and_in_order() -> None:
    assert verdict(written(1, 2, 3), taken(1, 1, 2), taken(2, 3)) == Verdict(3, 3)


def test_what_nobody_was_promised_need_not_come() -> None:
    assert verdict(written(1, unknown=(2,)), taken(1, 1)).violations == []


def test_what_nobody_was_promised_may_come() -> None:
    assert verdict(written(1, unknown=(2,)), taken(1, 1, 2)).violations == []


def test_an_event_that_never_came_is_lost() -> None:
    found = verdict(written(1, 2), taken(1, 1))
    assert (found.lost, found.violations) == (1, ["s never got 1 events (a:2 …)"])


def test_an_event_that_was_refused_and_never_came_again_is_lost() -> None:
    assert verdict(written(1), refused(1, 1)).lost == 1


def test_an_event_of_another_topic_is_not_missed() -> None:
    assert judge([written(1)], [Received("s", ("books",), [])], []).lost == 0


def test_what_the_bus_has_made_a_dead_letter_is_not_lost() -> None:
    found = judge([written(1)], [Received("s", ("apples",), [], {"a:1"})], [])
    assert (found.lost, found.dead) == (0, 1)


def test_an_event_that_a_2xx_was_not_for_is_lost_and_may_come_again() -> None:
    picky = Delivery(1, (event(1), event(2)), True, 1.1, refused=frozenset({"a:2"}))
    assert verdict(written(1, 2), picky).lost == 1
    assert verdict(written(1, 2), picky, taken(2, 2)) == Verdict(2, 2)


def test_a_retry_of_what_was_refused_is_no_duplicate() -> None:
    assert verdict(written(1), refused(1, 1), taken(2, 1)) == Verdict(1, 1)


def test_what_was_taken_and_comes_again_is_a_violation() -> None:
    found = verdict(written(1, 2), taken(1, 1), taken(2, 2), taken(3, 1))
    assert (found.duplicates, found.unknown, len(found.violations)) == (1, 0, 1)


def test_a_repeat_of_what_was_not_wholly_answered_is_fine() -> None:
    found = verdict(written(1), in_doubt(1, 1), taken(2, 1))
    assert (found.duplicates, found.unknown, found.violations) == (1, 1, [])


def test_a_repeat_after_the_pusher_was_killed_before_it_could_settle_is_fine() -> None:
    found = verdict(written(1), taken(1, 1), taken(9, 1), lapses=(Lapse(1.5, 1.6),))
    assert (found.duplicates, found.unknown, found.violations) == (1, 1, [])


def test_a_repeat_long_after_more_was_delivered_is_not_excused_by_a_kill() -> None:
    found = verdict(
        written(1, 2), taken(1, 1), taken(2, 2), taken(20, 1), lapses=(Lapse(12, 12.1),)
    )
    assert (found.duplicates, found.unknown, len(found.violations)) == (1, 0, 1)


def test_a_repeat_of_what_was_read_after_its_pusher_was_killed_is_fine() -> None:
    assert verdict(written(1), taken(1, 1), taken(9, 1), lapses=(Lapse(0.5, 0.6),)).unknown == 1


def test_a_kill_long_before_or_after_both_deliveries_excuses_nothing() -> None:
    for lapse in (Lapse(2.5, 2.6), Lapse(9.5, 9.6)):
        assert len(verdict(written(1), taken(4, 1), taken(9, 1), lapses=(lapse,)).violations) == 1


def test_events_of_a_url_that_come_swapped_are_out_of_order() -> None:
    assert verdict(written(1, 2), taken(1, 2), taken(2, 1)).out_of_order == 1


def test_a_later_event_that_is_taken_before_an_earlier_refused_one_is_out_of_order() -> None:
    found = verdict(written(1, 2), refused(1, 1), taken(2, 2), taken(3, 1))
    assert found.out_of_order == 1


def test_events_of_two_urls_may_come_swapped() -> None:
    other = Delivery(1, (event(2, URL + "0"),), taking=True, taken_at=1.1)
    assert verdict(written(1, 2), other, taken(2, 1)).out_of_order == 0


def test_a_repeat_of_an_earlier_event_is_not_out_of_order() -> None:
    found = verdict(written(1, 2), in_doubt(1, 1, 2), taken(2, 1, 2))
    assert found.out_of_order == 0


def test_a_log_that_swaps_what_was_acknowledged_in_turn_is_out_of_order() -> None:
    swapped = Written("apples", {"a:1", "a:2"}, [("a:2", URL), ("a:1", URL)])
    assert verdict(swapped, taken(1, 1, 2)).out_of_order == 1


def test_an_event_that_nobody_published_is_a_violation() -> None:
    assert verdict(written(), taken(1, 7)).violations == ["s got a:7, which nobody published"]


def test_an_event_has_one_place_and_a_place_one_event() -> None:
    moved = Delivery(2, (Seen("log-5", "a:1", URL, 5),), taking=True, taken_at=2.1)
    assert "a:1 has two places" in verdict(written(1), in_doubt(1, 1), moved).violations
    double = Delivery(2, (Seen("log-1", "a:2", URL, 1),), taking=True, taken_at=2.1)
    assert "several events are at 1" in verdict(written(1, 2), taken(1, 1), double).violations


def test_what_an_outbox_publishes_again_has_the_first_of_its_places() -> None:
    again = Delivery(2, (Seen("log-5", "a:1", URL, 5),), taking=True, taken_at=2.1)
    announced = Written("apples", {"a:1", "a:2"}, [("a:1", URL), ("a:2", URL)], repeats=True)
    assert verdict(announced, taken(1, 1, 2), again).violations == []


def test_a_repeat_of_what_was_taken_while_the_database_was_away_is_fine() -> None:
    away = Lapse(0.9, 3.0)
    assert verdict(written(1), taken(1, 1), taken(5, 1), lapses=(away,)).violations == []
    assert verdict(written(1), taken(4.5, 1), taken(5, 1), lapses=(away,)).duplicates == 1
