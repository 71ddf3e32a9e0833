"""An outbox in either engine, a relay of it, and a bus to talk to."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from service_kit.database import connect, writing
from service_kit.outbox import Announcement, Outbox, Relay, announce_all, outbox_table
from sqlalchemy import Engine, MetaData, Table, insert

from tests.clients.service_kit.outbox.buses import Bus

metadata = MetaData()
TABLE = outbox_table(metadata)


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Where the outbox is."""
    return f"sqlite:///{tmp_path}/db.sqlite3"


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = connect(url)
    with writing(engine) as connection:
        metadata.create_all(connection)
    yield engine
    engine.dispose()


@pytest.fixture
def table() -> Table:
    return TABLE


@pytest.fixture
def outbox(engine: Engine) -> Outbox:
    return Outbox(engine, TABLE)


@pytest.fixture
def bus() -> Bus:
    return Bus()


class Clock:
    """Seconds that pass when told."""

    now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def relay(engine: Engine, bus: Bus, clock: Clock) -> Relay:
    return Relay(engine, TABLE, bus.publish, steady_s=clock)


Add = Callable[..., None]


@pytest.fixture
def add(engine: Engine) -> Add:
    """Announces the entities of some names, each in a topic."""

    def add(*names: str, topic: str = "bids") -> None:
        events = [Announcement(topic, "create", f"https://x.example/{n}", 7) for n in names]
        with writing(engine) as connection:
            announce_all(connection, TABLE, events)

    return add


@pytest.fixture
def add_row(engine: Engine) -> Add:
    """Writes a row as an older version might have, whatever it holds."""

    def add_row(url: str, topic: str = "bids") -> None:
        with writing(engine) as connection:
            values = {"topic": topic, "type": "create", "url": url, "changed_at_ms": 7}
            connection.execute(insert(TABLE).values(values))

    return add_row
