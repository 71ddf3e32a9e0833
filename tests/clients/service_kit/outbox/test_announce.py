"""What is announced is what the bus takes: the rest is refused with the change itself."""

from collections.abc import Callable

import pytest
from service_kit.database import writing
from service_kit.errors import NotAnEvent
from service_kit.outbox import Announcement, Outbox, announce, announce_all
from sqlalchemy import Engine, Table

GOOD = "https://x.example/1"


@pytest.mark.parametrize(
    "bad",
    [
        "https://x.example/1?page=2",
        "https://x.example/é",
        "https://münchen.example/1",
        "https://x.example/a b",
        "https://x.example/a\nb",
        "https://ada:secret@x.example/1",
        "ftp://x.example/1",
        "/auctions/1",
        "x.example/1",
        "",
        "https://x.example/" + "a" * 1_024,
        "https://x.example/%zz",
        "https://x.example:70000/1",
    ],
)
def test_what_the_bus_would_refuse_for_ever_is_refused_where_it_is_announced(
    engine: Engine, table: Table, outbox: Outbox, bad: str
) -> None:
    for events in ([bad], [GOOD, bad], [bad, GOOD]):
        announcements = [Announcement("bids", "create", one, 7) for one in events]
        with pytest.raises(NotAnEvent) as refused, writing(engine) as connection:
            announce_all(connection, table, announcements)
        assert not bad or bad not in str(refused.value)
    assert outbox.next(9) == []


@pytest.mark.parametrize("topic", ["", "Bids", "bids.create", "b-1", "b" * 65, "bids\n", "*"])
def test_a_bad_topic_is_refused(engine: Engine, table: Table, topic: str) -> None:
    with pytest.raises(NotAnEvent), writing(engine) as connection:
        announce(connection, table, topic=topic, type="create", url=GOOD, now_ms=7)


@pytest.mark.parametrize("type", ["", "created", "Create", "update "])
def test_a_bad_type_is_refused(engine: Engine, table: Table, type: str) -> None:
    with pytest.raises(NotAnEvent), writing(engine) as connection:
        announce(connection, table, topic="bids", type=type, url=GOOD, now_ms=7)


def test_http_is_for_the_bus_to_judge(engine: Engine, table: Table, outbox: Outbox) -> None:
    with writing(engine) as connection:
        announce(
            connection, table, topic="bids", type="noop", url="http://localhost:8002/1", now_ms=7
        )
    assert [row.url for row in outbox.next(9)] == ["http://localhost:8002/1"]


def test_a_rolled_back_change_announces_nothing(
    engine: Engine, table: Table, outbox: Outbox
) -> None:
    with pytest.raises(ZeroDivisionError), writing(engine) as connection:
        announce(connection, table, topic="bids", type="create", url=GOOD, now_ms=7)
        raise ZeroDivisionError
    assert outbox.next(9) == []


def test_events_wait_in_the_order_they_were_announced(
    outbox: Outbox, add: Callable[..., None]
) -> None:
    names = [f"{number}" for number in range(700)]
    add(*names[:300])
    add(*names[300:], topic="offers")
    assert [row.url.rpartition("/")[2] for row in outbox.next(1_000)] == names
