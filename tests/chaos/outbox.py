"""A service that announces through its outbox, among rows that the bus will never take.

`python -m tests.chaos.outbox DATABASE_URL BUS_URL TOKEN` is its relay, which can be killed.
"""

import random
import sys
import threading

from bus_client import BusClient
from service_kit.database import connect, writing
from service_kit.errors import HttpFailure, StoreUnavailable
from service_kit.jobs import Job
from service_kit.outbox import Relay, announce, outbox_table
from sqlalchemy import Engine, MetaData, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from tests.chaos.writers import Written

TOPIC = "apples"
_PAUSE_S = 0.05
_POISON_EVERY = 6
_POISONS: tuple[dict[str, object], ...] = (
    {"url": "https://chaos.example/apples/1?colour=red"},
    {"url": "https://chaos.example/äpfel/1"},
    {"url": "http://nobody-trusts.example/apples/1"},
    {"url": "apples/1"},
    {"type": "explode"},
    {"topic": "books"},
)
metadata = MetaData()
table = outbox_table(metadata)


class Announcer:
    """Commits announcements, and now and then a row that no bus takes, until stopped."""

    def __init__(self, engine: Engine, seed: int) -> None:
        self.written = Written(TOPIC, repeats=True)
        self._engine = engine
        self._chance = random.Random(seed)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="announcer")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is under way, and no more."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        number = 0
        while not self._stopping.wait(self._chance.uniform(0, 2 * _PAUSE_S)):
            number += 1
            url = f"https://chaos.example/announced/{number}"
            self.written.tried.add(url)
            try:
                with writing(self._engine) as connection:
                    if number % _POISON_EVERY == 0:
                        connection.execute(insert(table), _poison(self._chance))
                    announce(connection, table, topic=TOPIC, type="update", url=url, now_ms=1)
            except (SQLAlchemyError, StoreUnavailable):
                continue  # its database is away: nothing was promised
            self.written.acknowledged.append((url, url))


def opened(url: str) -> Engine:
    """The announcer's database at a URL, with its tables."""
    engine = connect(url)
    metadata.create_all(engine)
    return engine


def waiting(engine: Engine) -> int:
    """How many events of the announcer's own topic wait for the relay."""
    with engine.connect() as connection:
        rows = select(func.count()).select_from(table).where(table.c.topic == TOPIC)
        return connection.execute(rows).scalar_one()


def main(database_url: str, bus_url: str, token: str) -> None:
    """Publish what waits, for ever."""
    relay = Relay(connect(database_url), table, BusClient(bus_url, token).publish)
    job = Job("relay", relay.publish_waiting, away=HttpFailure, longest_s=2)
    pause = threading.Event()
    while True:
        if not job.piece():
            pause.wait(_PAUSE_S)


def _poison(chance: random.Random) -> dict[str, object]:
    event: dict[str, object] = {"topic": TOPIC, "type": "update", "changed_at_ms": 1}
    return event | {"url": "https://chaos.example/apples/1"} | chance.choice(_POISONS)


if __name__ == "__main__":
    main(*sys.argv[1:])
