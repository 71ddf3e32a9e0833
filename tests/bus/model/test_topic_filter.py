"""What of the log belongs to a subscription, and what becomes of that when it changes."""

import pytest

from bus.model.topic_filter import TopicFilter, filter_of, refiltered, without_passed
from tests.bus.samples import log_event

ADAS = "https://bus.example/clients/ada/subscriptions/one"


@pytest.mark.parametrize(
    ("one", "positions"),
    [
        (TopicFilter("bids"), [1, 2, 3]),
        (TopicFilter("bids", after=1), [2, 3]),
        (TopicFilter("bids", until=2), [1, 2]),
        (TopicFilter("bids", after=1, until=2), [2]),
        (TopicFilter("bids", type="create"), [1, 2, 3]),
        (TopicFilter("bids", type="update"), []),
        (TopicFilter("orders"), []),
        (TopicFilter("*"), [1, 2, 3]),
        (TopicFilter("*", type="update"), []),
    ],
)
def test_it_holds_what_is_of_its_topic_and_type_between_its_places(
    one: TopicFilter, positions: list[int]
) -> None:
    assert [place for place in (1, 2, 3) if one.holds(log_event(place))] == positions


@pytest.mark.parametrize(
    ("about", "is_held"), [("ada", True), ("bob", False), ("", False), (None, True)]
)
def test_of_what_the_bus_tells_it_holds_what_is_about_its_client(
    about: str | None, is_held: bool
) -> None:
    told = log_event(1, topic="bus", type="update", url=ADAS)
    one = TopicFilter("bus", about=about)
    assert one.holds(told) is is_held
    assert one.is_choosy is (about is not None)
    assert one.holds_all_after(0) is (about is None)
    assert not TopicFilter("*", about=about).holds(told)


@pytest.mark.parametrize(
    ("one", "is_choosy", "holds_all_after"),
    [
        (TopicFilter("bids"), False, {0, 5, 9}),
        (TopicFilter("bids", after=5), False, {5, 9}),
        (TopicFilter("bids", until=9), False, set()),
        (TopicFilter("bids", type="create"), True, set()),
        (TopicFilter("*"), False, {0, 5, 9}),
        (TopicFilter("*", type="create"), True, set()),
    ],
)
def test_it_is_choosy_where_it_leaves_out_some_of_a_topic(
    one: TopicFilter, is_choosy: bool, holds_all_after: set[int]
) -> None:
    assert one.is_choosy is is_choosy
    assert {place for place in (0, 5, 9) if one.holds_all_after(place)} == holds_all_after


@pytest.mark.parametrize("pattern", ["bids", "bids.create", "*", "*.noop"])
def test_it_is_told_as_it_was_asked_for(pattern: str) -> None:
    made = filter_of(pattern, 7, about="ada")
    assert (made.pattern, made.after, made.until, made.about) == (pattern, 7, None, "ada")


BIDS_3, CREATED_3 = TopicFilter("bids", 3), TopicFilter("bids", 3, type="create")
ENDED = TopicFilter("bids", 3, 7)


@pytest.mark.parametrize(
    ("before", "wanted", "after"),
    [
        ([], ["bids"], [TopicFilter("bids", 9)]),
        ([], ["bids", "orders", "bids"], [TopicFilter("bids", 9), TopicFilter("orders", 9)]),
        ([BIDS_3], ["bids"], [BIDS_3]),
        ([BIDS_3], ["orders"], [TopicFilter("orders", 9)]),
        ([BIDS_3], [], []),
        ([BIDS_3], ["bids.create"], [CREATED_3]),
        ([CREATED_3], ["bids.update"], [TopicFilter("bids", 9, type="update")]),
        (
            [CREATED_3],
            ["bids"],
            [TopicFilter("bids", 9), TopicFilter("bids", 3, 9, type="create")],
        ),
        ([TopicFilter("*", 4)], ["bids"], [TopicFilter("bids", 4)]),
        ([TopicFilter("*", 4)], ["bus"], [TopicFilter("bus", 9)]),
        ([BIDS_3], ["*"], [TopicFilter("*", 9), TopicFilter("bids", 3, 9)]),
        ([TopicFilter("bus", 3)], ["*"], [TopicFilter("*", 9)]),
        ([BIDS_3, TopicFilter("*", 2)], ["bids"], [TopicFilter("bids", 2)]),
        ([ENDED], [], [ENDED]),
        ([ENDED], ["orders"], [TopicFilter("orders", 9), ENDED]),
        ([ENDED], ["bids"], [BIDS_3]),
    ],
)
def test_what_is_still_wanted_keeps_its_backlog_and_what_is_new_begins_now(
    before: list[TopicFilter], wanted: list[str], after: list[TopicFilter]
) -> None:
    assert refiltered(before, wanted, 9) == after


def test_what_is_told_of_a_client_is_told_of_it_from_then_on() -> None:
    before = [TopicFilter("bus", 3, type="update", about="ada")]
    assert refiltered(before, ["bus"], 9, "ada") == [
        TopicFilter("bus", 9, about="ada"),
        TopicFilter("bus", 3, 9, type="update", about="ada"),
    ]


def test_what_has_ended_before_a_cursor_has_nothing_more_to_give() -> None:
    filters = [TopicFilter("a"), TopicFilter("b", until=5), TopicFilter("c", until=6)]
    assert [one.topic for one in without_passed(filters, 5)] == ["a", "c"]
