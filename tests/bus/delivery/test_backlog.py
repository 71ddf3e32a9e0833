"""What is read ahead, and whether there may be more."""

import pytest

from bus.delivery.backlog import Backlog
from bus.model.delivery import Cursor
from bus.model.event import LogEvent
from bus.model.topic_filter import TopicFilter
from tests.bus.samples import log_event, subscription


@pytest.mark.parametrize(
    ("events", "at_tail", "has_more"),
    [([], False, True), ([], True, False), ([1], False, True), ([1], True, True)],
)
def test_there_may_be_more_until_all_is_read_and_taken(
    events: list[int], at_tail: bool, has_more: bool
) -> None:
    backlog = Backlog(Cursor(0, 0), subscription())
    backlog.offer([log_event(position) for position in events])
    if at_tail:
        backlog.read_all(9, of_snapshot=False)
    assert backlog.has_more is has_more


def at(*positions: int) -> list[tuple[str, str, str, int]]:
    return [("bids", "update", f"https://x.example/{place}", place) for place in positions]


def scanning(*waiting: LogEvent) -> Backlog:
    backlog = Backlog(Cursor(0, 0), subscription(coalesce=True))
    backlog.offer(waiting)
    backlog.read_some(1, 10, of_snapshot=False)
    assert backlog.scan is not None
    return backlog


def test_a_scan_goes_on_at_once_until_it_is_over() -> None:
    backlog = scanning()
    assert backlog.scanned(at(2, 3), most=10, ended=False) is True
    assert (backlog.read_upto, backlog.queue) == (1, [])
    assert backlog.scanned(at(4), most=10, ended=True) is True  # what it found is to be read now
    assert (backlog.read_upto, backlog.queue, backlog.scan) == (4, [2, 3, 4], None)


def test_a_scan_is_over_when_it_has_found_enough() -> None:
    backlog = scanning()
    backlog.scanned(at(2, 3), most=2, ended=False)
    assert (backlog.scan, backlog.queue) == (None, [2, 3])


def test_what_waited_and_is_covered_by_what_a_scan_found_is_dropped() -> None:
    backlog = scanning(log_event(1, url="https://x.example/3"), log_event(1, url="other"))
    assert backlog.scanned(at(3), most=10, ended=True) is False  # somebody waits: no hurry
    assert ([event.url for event in backlog.events], backlog.queue) == (["other"], [3])


def test_of_what_waited_before_a_scan_each_entity_is_delivered_once() -> None:
    a, b = (log_event(1, url=f"https://x.example/{place}") for place in (8, 3))
    noop = log_event(1, url="https://x.example/4", type="noop")
    backlog = scanning(a, b, noop)
    backlog.scanned(at(3, 4), most=10, ended=True)
    left = [event.url for event in backlog.events] + [
        f"https://x.example/{p}" for p in backlog.queue
    ]
    assert sorted(left) == [f"https://x.example/{place}" for place in (3, 4, 8)]


@pytest.mark.parametrize(
    ("topic", "type", "is_wanted"),
    [
        ("a", "update", True),
        ("b", "create", True),
        ("b", "update", False),
        ("b", "noop", False),
        ("c", "create", False),
    ],
)
def test_of_a_topic_only_the_types_that_were_asked_for_are_wanted(
    topic: str, type: str, is_wanted: bool
) -> None:
    filters = (TopicFilter("a"), TopicFilter("b", type="create"))
    backlog = Backlog(Cursor(0, 0), subscription(filters=filters))
    event = log_event(1, topic=topic, type=type)
    assert backlog.wanted([event]) == [event] * is_wanted


def test_whoever_starts_anew_reads_from_there_as_if_for_the_first_time() -> None:
    backlog = Backlog(Cursor(0, 0), subscription())
    backlog.offer([log_event(1)])
    backlog.read_some(1, 100, of_snapshot=False)
    backlog.read_all(5, of_snapshot=False)
    backlog.restart(3)
    assert (backlog.events, backlog.queue, backlog.scan) == ([], [], None)
    assert (backlog.read_upto, backlog.at_tail, backlog.stride) == (3, False, 0)


def test_each_read_asks_for_twice_as_many_up_to_a_thousand() -> None:
    backlog = Backlog(Cursor(0, 0), subscription())
    strides = []
    for upto in range(1, 7):
        backlog.read_some(upto, 100, of_snapshot=False)
        strides.append(backlog.stride)
    assert strides == [200, 400, 800, 1_000, 1_000, 1_000]


def test_what_is_given_back_takes_its_place_again() -> None:
    backlog = Backlog(Cursor(0, 0), subscription())
    one, two, three = log_event(1), log_event(2), log_event(3)
    backlog.take([three])
    backlog.give_back([one, two])
    assert backlog.events == [one, two, three]
    assert backlog.divert([two.url]) == [two]
    assert backlog.events == [one, three]


@pytest.mark.parametrize(("before", "after", "left"), [(False, True, [3]), (True, False, [2, 3])])
def test_whoever_is_changed_to_coalesce_or_not_to_does_so_from_then_on(
    before: bool, after: bool, left: list[int]
) -> None:
    again = [log_event(position, url="a") for position in (1, 2, 3)]
    backlog = Backlog(Cursor(0, 0), subscription(coalesce=before))
    backlog.refilter(subscription(coalesce=after))
    backlog.take([again[2]])
    backlog.give_back([again[1]])
    assert [event.position for event in backlog.events] == left
    backlog.take([])
    for event in again[1:]:
        backlog.offer([event])
    assert [event.position for event in backlog.events] == left


def test_what_is_wanted_no_longer_is_dropped_but_for_what_the_bus_itself_tells() -> None:
    backlog = Backlog(Cursor(0, 0), subscription())
    bid, told = log_event(1), log_event(2, topic="bus", type="resync")
    backlog.take([bid, told])
    backlog.refilter(subscription())
    assert backlog.events == [bid, told]
    backlog.refilter(subscription(filters=(TopicFilter("orders"),)))
    assert backlog.events == [told]


def test_what_somebody_has_already_is_left_out() -> None:
    backlog = Backlog(Cursor(0, 0), subscription())
    backlog.leave_out(frozenset({2}))
    found = backlog.wanted([log_event(1), log_event(2), log_event(3)])
    assert [event.position for event in found] == [1, 3]


def test_of_what_was_settled_out_of_order_only_the_gaps_are_wanted() -> None:
    backlog = Backlog(Cursor(1, 0, reached=4, left_behind=(2,)), subscription())
    assert backlog.positions() == [2]
    found = backlog.wanted([log_event(position) for position in range(2, 7)])
    assert [event.position for event in found] == [2, 5, 6]


def test_an_event_becomes_the_next_when_that_is_asked_and_stays_it() -> None:
    backlog = Backlog(Cursor(0, 0), subscription())
    backlog.offer([log_event(1), log_event(2)])
    assert (backlog.first_seen_ms(7), backlog.first_seen_ms(9)) == (7, 7)
    backlog.take(backlog.events[1:])
    assert (backlog.first_seen_ms(11), backlog.first_seen_ms(12)) == (11, 11)


def test_whoever_leaves_the_tail_reads_what_comes_after_what_was_seen() -> None:
    backlog = Backlog(Cursor(0, 0), subscription())
    backlog.read_all(5, of_snapshot=False)
    backlog.leave_tail(7)
    assert (backlog.read_upto, backlog.at_tail, backlog.has_more) == (7, False, True)
    backlog.leave_tail(6)
    assert backlog.read_upto == 7


def test_after_a_snapshot_the_log_is_read() -> None:
    backlog = Backlog(Cursor(2, 0, snapshot_upto=6), subscription())
    assert backlog.in_snapshot
    backlog.read_all(9, of_snapshot=True)
    assert (backlog.in_snapshot, backlog.read_upto, backlog.at_tail) == (False, 6, False)


@pytest.mark.parametrize(
    ("coalesce", "of_snapshot", "filters", "is_scanned"),
    [
        (True, False, [TopicFilter("bids", after=5)], True),
        (True, False, [TopicFilter("bids", after=6)], False),
        (True, False, [TopicFilter("bids", until=9)], False),
        (True, False, [TopicFilter("bids"), TopicFilter("orders", after=6)], False),
        (True, True, [TopicFilter("bids")], False),
        (False, False, [TopicFilter("bids")], False),
    ],
)
def test_a_long_backlog_is_looked_through_where_all_of_its_topics_is_wanted(
    coalesce: bool, of_snapshot: bool, filters: list[TopicFilter], is_scanned: bool
) -> None:
    one = subscription(coalesce=coalesce, filters=tuple(filters))
    backlog = Backlog(Cursor(0, 0), one)
    backlog.read_some(5, 10, of_snapshot=of_snapshot)
    assert (backlog.scan is not None, backlog.read_upto) == (is_scanned, 5)


def test_where_nothing_is_ahead_nothing_has_become_the_next() -> None:
    assert Backlog(Cursor(0, 0), subscription()).first_seen_ms(7) == 0
