"""A shop whose orders and notifier share one code base; what runs where is said by SHOP_BUS.

`python -m tests.clients.bus_client.shop N` takes N orders and ends; `bus work
tests.clients.bus_client.shop:build` is its worker.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bus_client import Bus, connect
from bus_drain import Event, receiver
from service_kit.database import writing
from service_kit.outbox import Relay, announce, outbox_table
from sqlalchemy import Column, Engine, Integer, MetaData, Table, create_engine, insert

metadata = MetaData()
orders = Table("orders", metadata, Column("id", Integer, primary_key=True))
outbox = outbox_table(metadata)


def folder() -> Path:
    return Path(os.environ["SHOP_FOLDER"])


def engine() -> Engine:
    made = create_engine(f"sqlite:///{folder()}/shop.sqlite3", connect_args={"timeout": 20})
    metadata.create_all(made)
    return made


def on_order(events: Sequence[Event]) -> None:
    """Notes each order, unless it is told to fail; dies while one is in hand if it is told so."""
    if (folder() / "fails").exists():
        raise RuntimeError("told to fail")
    with (folder() / "notified").open("a") as file:
        file.writelines(f"{event.url.rpartition('/')[2]}\n" for event in events)
    if (folder() / "dies").exists():
        (folder() / "dies").unlink()
        os.kill(os.getpid(), 9)


def build() -> Bus:
    bus = connect(os.environ["SHOP_BUS"], "token", receiver({"orders": on_order}), name="notifier")
    bus.attend("outbox", Relay(engine(), outbox, bus.publish).publish_waiting)
    return bus


def take_order(bus: Bus, at: Engine) -> int:
    with writing(at) as connection:
        number = connection.execute(insert(orders).returning(orders.c.id)).scalar_one()
        url = f"https://shop.example/orders/{number}"
        announce(connection, outbox, topic="orders", type="create", url=url, now_ms=number)
    bus.look()
    return int(number)


def main(count: int) -> None:
    with build() as bus:
        at = engine()
        for _ in range(count):
            take_order(bus, at)


if __name__ == "__main__":
    main(int(sys.argv[1]))
