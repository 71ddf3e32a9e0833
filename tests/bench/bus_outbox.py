"""What waited in an outbox while the bus was away: how quickly it leaves."""

import logging
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bus_client import BusClient
from service_kit.database import connect, writing
from service_kit.logs import configure_logs
from service_kit.outbox import Announcement, Outbox, Relay, announce_all, outbox_table
from sqlalchemy import Engine, MetaData

from tests.bench.house import TOKEN, on_sqlite
from tests.bench.measuring import Measurement, Turns, measures_each
from tests.bench.rows import Bar, Pair

_WAITING = 10_000
_AT_ONCE = 1_000
_REFUSED = {"all taken": 0, "every 50th refused": 50}
_TOPICS = ("bids", "biddings", "orders")
_TABLE = outbox_table(MetaData())


def _urls(count: int) -> Iterator[tuple[str, str]]:
    for number in range(count):
        yield _TOPICS[number % len(_TOPICS)], f"https://shop.example/things/{number}"


@measures_each(
    _REFUSED,
    lambda case: (Bar(f"outbox, {_WAITING:,} waiting, SQLite, {case}", "events/s", 0.35),),
)
def outbox(every: int) -> Turns:
    """A relay and its client empty an outbox whose topics take turns, beside the same client that
    publishes as many events to one topic and has them in memory."""
    configure_logs("bench", logging.CRITICAL)  # a line for each that is refused
    with on_sqlite() as house, house.web() as url, _outbox() as engine:
        client = BusClient(url, TOKEN)
        relay = Relay(engine, _TABLE, client.publish)
        while True:
            _fill(engine, every)
            ours = _rate(lambda: _empty(relay))
            assert len(Outbox(engine, _TABLE).refused()) == (_WAITING // every if every else 0)
            Outbox(engine, _TABLE).drop()
            yield (Pair(ours, _rate(lambda: _publish(client))),)


MEASUREMENTS: list[Measurement] = [*outbox]


@contextmanager
def _outbox() -> Iterator[Engine]:
    with tempfile.TemporaryDirectory(prefix="gavel-bench-") as folder:
        engine = connect(f"sqlite:///{folder}/outbox.sqlite3")
        with writing(engine) as connection:
            _TABLE.metadata.create_all(connection)
        yield engine
        engine.dispose()


def _fill(engine: Engine, every: int) -> None:
    events = [Announcement(topic, "update", url, 7) for topic, url in _urls(_WAITING)]
    with writing(engine) as connection:
        announce_all(connection, _TABLE, events)
        if every:  # as an older version may have written it: it would be refused there now
            bad = _TABLE.c.url + "?page=2"
            connection.execute(_TABLE.update().where(_TABLE.c.id % every == 0).values(url=bad))


def _empty(relay: Relay) -> None:
    while relay.publish_waiting():
        pass


def _publish(client: BusClient) -> None:
    urls = [url for _, url in _urls(_WAITING)]
    for start in range(0, _WAITING, _AT_ONCE):
        some = urls[start : start + _AT_ONCE]
        client.publish("bare", [{"type": "update", "url": url, "timestamp": 7} for url in some])


def _rate(act: Callable[[], None]) -> float:
    began_s = time.monotonic()
    act()
    return _WAITING / (time.monotonic() - began_s)
