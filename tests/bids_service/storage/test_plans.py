"""What a statement costs doesn't grow with tables that were empty when the service began, nor with
the bids of a book."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from bids_client import Money
from service_kit.database import is_sqlite
from sqlalchemy import Engine, event, text

from bids_service.commands.import_auctions import create_bidding
from bids_service.storage.database import Database
from bids_service.storage.queries import Queries
from tests.bids_service.service import AUCTION, Service, bidder, known_terms
from tests.bids_service.storage.long_book import fill

_KEPT = text("SELECT statement FROM pg_prepared_statements WHERE generic_plans > 0")
_LONG, _SHORT, _PAGE = 20_000, 600, 50
READS: dict[str, Callable[[Queries, int, int], object]] = {
    "its bidding": lambda read, id, _bid: read.bidding(id),
    "a bid": lambda read, _id, bid: read.bid(bid),
    "its bids": lambda read, id, _bid: read.bids_of_bidding(
        _known(read, id), before=None, most=_PAGE
    ),
    "its bids, further on": lambda read, id, bid: read.bids_of_bidding(
        _known(read, id), before=bid, most=_PAGE
    ),
    "its record": lambda read, id, _bid: read.history(id, after=10, most=_PAGE),
    "a bidder's own bids": lambda read, _id, _bid: read.bids_of_bidder(
        bidder("0"), before=None, most=_PAGE
    ),
    "a bidder's own bids, further on": lambda read, _id, bid: read.bids_of_bidder(
        bidder("0"), before=bid, most=_PAGE
    ),
}


@pytest.mark.parametrize("service", ["postgresql"], indirect=True)
def test_no_statement_runs_by_a_plan_for_tables_as_they_once_were(service: Service) -> None:
    create_bidding(service.parts.books, AUCTION, known_terms())
    with service.client() as client:
        for number in range(1, 30):  # PostgreSQL keeps a plan after five times
            client.place(AUCTION, bidder("A"), Money(1000 * number, "USD"), f"key-{number}")

    # One connection did it all, because no two commands came at once.
    with service.parts.database.engine.connect() as connection:
        prepared = connection.execute(text("SELECT count(*) FROM pg_prepared_statements")).scalar()
        assert prepared
        assert connection.execute(_KEPT).all() == []


def test_no_read_of_a_book_grows_with_its_bids_before_anybody_analyzes_the_tables(
    service: Service,
) -> None:
    create_bidding(service.parts.books, AUCTION, known_terms())
    stored = service.parts.queries.bidding_of(AUCTION)
    assert stored is not None
    database, work = service.parts.database, {}
    for count in (_SHORT, _LONG):
        middle = fill(database, stored.id, count)
        work[count] = {
            name: _work(database, partial(read, service.parts.queries, stored.id, middle))
            for name, read in READS.items()
        }

    grown = {name: (work[_SHORT][name], work[_LONG][name]) for name in READS}
    assert [name for name, (few, many) in grown.items() if many > 1.5 * few] == [], grown


def _known(read: Queries, bidding_id: int) -> Any:
    return read.bidding(bidding_id)


def _work(database: Database, read: Callable[[], object]) -> int:
    """What a read costs: SQLite's instructions, or rows that PostgreSQL looks at."""
    if is_sqlite(database.engine):
        with _counting_instructions(database.engine) as counted:
            read()
        return sum(counted)
    with _explaining(database.engine) as counted:
        read()
    return sum(counted)


@contextmanager
def _counting_instructions(engine: Engine) -> Iterator[list[int]]:
    counted: list[int] = []
    with engine.connect() as connection:  # the one that the read will get from the pool
        driver: Any = connection.connection.driver_connection
    driver.set_progress_handler(lambda: counted.append(1), 1)
    try:
        yield counted
    finally:
        driver.set_progress_handler(None, 0)


@contextmanager
def _explaining(engine: Engine) -> Iterator[list[int]]:
    counted: list[int] = []

    def explain(_conn: Any, cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values)
            counted.append(_rows_looked_at(cursor.fetchone()[0][0]["Plan"]))

    event.listen(engine, "before_cursor_execute", explain)
    try:
        yield counted
    finally:
        event.remove(engine, "before_cursor_execute", explain)


def _rows_looked_at(plan: dict[str, Any]) -> int:
    own = plan["Actual Rows"] + sum(
        rows for name, rows in plan.items() if name.startswith("Rows Removed by")
    )
    return int(own * plan["Actual Loops"]) + sum(map(_rows_looked_at, plan.get("Plans", ())))
