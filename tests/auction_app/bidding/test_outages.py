"""That bids_service is silent is found by many at once: noted once, and no request fails of it."""

import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text

from auction_app.bidding.repository import outages
from auction_app.config import Config
from tests.auction_app.conftest import World
from tests.waiting import wait_for

_WAITING = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def test_two_that_find_it_silent_at_once_note_it_once(
    make_world: Callable[..., World], config: Config, postgres_database: str
) -> None:
    store = make_world(dataclasses.replace(config, database_url=postgres_database)).parts.store

    def note(at_ms: int) -> None:
        with store.begin() as act:
            outages.begin(act.conn, outages.BIDS, now_ms=at_ms)

    def somebody_waits() -> int:
        with store.reading() as conn:
            return int(conn.execute(text(_WAITING)).scalar_one())

    with ThreadPoolExecutor(1) as beside:
        with store.begin() as act:
            outages.begin(act.conn, outages.BIDS, now_ms=1)
            other = beside.submit(note, 2)
            wait_for(somebody_waits)
        other.result()

    with store.reading() as conn:
        assert outages.since(conn, outages.BIDS) == 1
