"""What a notification carries of an append."""

import pytest

from bus.log.append_plan import LogEnd, Row
from bus.log.appended import Appended, appended, packed, told, told_places
from bus.model.event import LogEvent

END = LogEnd("9f3a2c1b", 6, 600, 4)


def row(position: int, body: bytes = b"{}") -> Row:
    return (position, "bids", position, "update", "https://x.example/1", 5, None, body, 9)


def test_a_pusher_is_told_the_events_as_they_are_in_the_log() -> None:
    (news,) = told([packed(appended(END, [row(7), row(8)]))]) or ()
    assert news[:3] == ("9f3a2c1b", 8, 4)
    assert news.events == [
        LogEvent(position, "bids", "update", "https://x.example/1", 5, b"{}") for position in (7, 8)
    ]


@pytest.mark.parametrize(
    "rows", [[row(n) for n in range(7, 24)], [row(7, b"x" * 9_000), row(8, b"x" * 9_000)]]
)
def test_of_many_or_large_events_it_is_told_only_that_they_are_there(rows: list[Row]) -> None:
    assert told([packed(appended(END, rows))]) == [Appended("9f3a2c1b", rows[-1][0], 4, [])]


def test_a_mere_hint_rubbish_or_a_full_queue_says_that_it_must_look() -> None:
    news = packed(appended(END, [row(7)]))
    assert told([news, b"!"]) is None
    assert told([news[:-3]]) is None
    assert told([news] * 5) is None
    assert told([]) == []


def test_a_notification_of_postgresql_is_a_place() -> None:
    news = appended(END, [row(7)])
    assert told_places([news.place]) == [Appended("9f3a2c1b", 7)]
    assert told_places([news.place, ""]) is None
    assert told_places(["9f3a2c1b-" + "1" * 19]) is None
