"""Two who write the same row at once, which on PostgreSQL don't wait for each other's question
whether it is there: both are through, and the row is there once."""

import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, text

from auction_app.bidding.repository import outages
from auction_app.config import Config
from auction_app.db import tables
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.notifications.repository import preferences
from auction_app.orders.model import Address
from auction_app.orders.repository import addresses
from tests.auction_app.conftest import World
from tests.waiting import wait_for

_WAITING = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
HOME = Address(name="Ada", street="Mill Lane", postal_code="L1", city="Leeds", country="GB")

Write = Callable[[UnitOfWork, str], object]
WRITES: dict[str, Write] = {
    "outages": lambda act, _who: outages.begin(act.conn, outages.BIDS, now_ms=1),
    "addresses": lambda act, who: addresses.keep(act.conn, who, HOME),
    "notice_preferences": lambda act, who: preferences.keep(act.conn, who, {"won": "off"}),
}


@pytest.mark.parametrize("table", WRITES)
def test_both_are_through_and_the_row_is_there_once(
    make_world: Callable[..., World], config: Config, postgres_database: str, table: str
) -> None:
    world = make_world(dataclasses.replace(config, database_url=postgres_database))
    world.member("Ada")
    who, store = world.customer_url("Ada").rsplit("/", 1)[1], world.parts.store

    def write() -> None:
        with store.begin() as act:
            WRITES[table](act, who)

    def somebody_waits() -> int:
        with store.reading() as conn:
            return int(conn.execute(text(_WAITING)).scalar_one())

    with ThreadPoolExecutor(1) as beside:
        with store.begin() as act:
            WRITES[table](act, who)
            other = beside.submit(write)
            wait_for(somebody_waits)
        other.result()

    with store.reading() as conn:
        rows = select(func.count()).select_from(tables.metadata.tables[table])
        assert conn.execute(rows).scalar_one() == 1
