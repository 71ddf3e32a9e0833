"""What was announced in a committed change is published, whatever fails in between."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from service_kit.database import connect, writing
from service_kit.errors import Unreachable
from service_kit.notify import NotifyChannel
from service_kit.outbox import Relay, announce, outbox_table
from sqlalchemy import Engine, MetaData, Table


class Bus:
    """A bus that is down for the first `failures` calls."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.log: list[tuple[str, str, str]] = []

    def publish(self, topic: str, events: list[dict[str, Any]]) -> None:
        if self.failures:
            self.failures -= 1
            raise Unreachable("down")
        self.log += [(topic, event["type"], event["url"]) for event in events]


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[tuple[Engine, Table]]:
    engine = connect(f"sqlite:///{tmp_path}/db.sqlite3")
    metadata = MetaData()
    table = outbox_table(metadata)
    with writing(engine) as connection:
        metadata.create_all(connection)
    yield engine, table
    engine.dispose()


def add(engine: Engine, table: Table, *urls: str, topic: str = "bids") -> None:
    with writing(engine) as connection:
        for url in urls:
            announce(connection, table, topic=topic, type="create", url=url, now_ms=7)


def relay(outbox: tuple[Engine, Table], bus: Bus, tmp_path: Path) -> Relay:
    return Relay(*outbox, bus.publish, NotifyChannel(tmp_path / "channel"))


def test_events_leave_in_the_order_they_were_written(
    outbox: tuple[Engine, Table], tmp_path: Path
) -> None:
    bus = Bus()
    add(*outbox, "u1", "u2")
    add(*outbox, "v1", topic="biddings")
    add(*outbox, "u3")
    relay(outbox, bus, tmp_path).publish_waiting()
    assert [(topic, url) for topic, _, url in bus.log] == [
        ("bids", "u1"),
        ("bids", "u2"),
        ("biddings", "v1"),
        ("bids", "u3"),
    ]


def test_a_rolled_back_change_announces_nothing(
    outbox: tuple[Engine, Table], tmp_path: Path
) -> None:
    engine, table = outbox
    with pytest.raises(ZeroDivisionError), writing(engine) as connection:
        announce(connection, table, topic="bids", type="create", url="u", now_ms=7)
        raise ZeroDivisionError
    assert relay(outbox, Bus(), tmp_path).publish_waiting() == 0


def test_events_stay_while_the_bus_is_down_and_leave_once(
    outbox: tuple[Engine, Table], tmp_path: Path
) -> None:
    bus = Bus(failures=2)
    add(*outbox, "u1")
    channel = NotifyChannel(tmp_path / "channel")
    relaying = Relay(*outbox, bus.publish, channel)
    pauses = []
    for _ in range(3):
        channel.notify()
        pauses.append(relaying.run_once())
    assert pauses[0] > 0
    assert pauses[1] > 0
    assert pauses[2] == 0
    assert relaying.publish_waiting() == 0
    assert [url for _, _, url in bus.log] == ["u1"]
    channel.close()
