"""What somebody has read of the log is not read again for who stands at the same place."""

import pytest

from bus.model.topic_filter import filter_of
from bus.streams.query import LogQuery
from bus.streams.recent import Piece, Recent
from tests.bus.samples import log_event

EVENTS = [log_event(number) for number in range(11, 21)]
TOPIC = EVENTS[0].topic


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def asking(*patterns: str, limit: int = 100) -> LogQuery:
    return LogQuery(tuple(filter_of(one, 0) for one in patterns), limit=limit)


def kept(wanted: frozenset[str] | LogQuery | None, clock: Clock | None = None) -> Recent:
    recent = Recent(clock or Clock())
    topics = wanted.filters if isinstance(wanted, LogQuery) else wanted
    recent.keep(Piece("one", topics, 10, 20, EVENTS))
    return recent


def positions(recent: Recent, query: LogQuery, position: int, identity: str = "one") -> list[int]:
    page = recent.page(query, position, identity)
    return [event.position for event in page.events] if page else []


@pytest.mark.parametrize(
    ("position", "found"),
    [(9, []), (10, list(range(11, 21))), (15, [16, 17, 18, 19, 20]), (19, [20]), (20, [])],
)
def test_it_is_for_who_stands_within_it(position: int, found: list[int]) -> None:
    assert positions(kept(None), asking(TOPIC), position) == found


def test_whoever_wants_the_same_gets_the_same_page() -> None:
    recent = kept(None)
    assert recent.page(asking(TOPIC), 12, "one") is recent.page(asking(TOPIC), 12, "one")


def test_a_page_is_as_short_as_asked_for() -> None:
    recent = kept(None)
    page = recent.page(asking(TOPIC, limit=3), 12, "one")
    assert page
    assert (len(page.events), page.position, page.is_end) == (3, 15, False)


@pytest.mark.parametrize(
    ("wanted", "query", "is_served"),
    [
        (frozenset({TOPIC}), asking(TOPIC), True),
        (frozenset({TOPIC, "orders"}), asking(TOPIC), True),
        (frozenset({TOPIC}), asking(TOPIC, "orders"), False),
        (frozenset({TOPIC}), asking("*"), False),
        (None, asking("*"), True),
        (asking("*"), asking("*"), True),
        (asking("*"), asking(TOPIC, "bus"), False),
    ],
)
def test_nobody_is_served_from_what_was_read_for_less(
    wanted: frozenset[str] | LogQuery | None, query: LogQuery, is_served: bool
) -> None:
    assert bool(positions(kept(wanted), query, 10)) is is_served


def test_it_is_of_one_log_only() -> None:
    assert positions(kept(None), asking(TOPIC), 10, "another") == []


def test_it_is_forgotten_soon() -> None:
    clock = Clock()
    recent = kept(None, clock)
    clock.now_s = 9.9
    assert positions(recent, asking(TOPIC), 10)
    clock.now_s = 10.1
    assert not positions(recent, asking(TOPIC), 10)


def test_few_are_kept() -> None:
    recent = kept(None)
    for _ in range(8):
        recent.keep(Piece("one", None, 0, 0, []))
    assert not positions(recent, asking(TOPIC), 10)
