"""Every row of one bidding, cell by cell and a few at a time, for the operator's proof."""

import re
from collections.abc import Generator
from typing import Any

from service_kit.database import as_stored
from service_kit.outage import is_outage
from sqlalchemy import Boolean, Row, Select, Table, select, type_coerce
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import NullType

from bids_service.errors import NotProven, TablesMissing
from bids_service.storage.database import Transaction
from bids_service.storage.tables import biddings, bids, offers, record

StoredRow = Row[Any]
"""A row whose cells are as they are stored, by name."""
Rows = Generator[StoredRow, None, None]
"""To be closed within the transaction."""
_AT_ONCE = 1000
_NO_TEXT = re.compile(r"Could not decode to UTF-8 column '(\w+)'")
_LARGEST_ID = 2**63 - 1


def bidding_row(transaction: Transaction, url: str) -> StoredRow | None:
    """The bidding at an auction's or its own URL. Raises NotProven or TablesMissing, as all of
    these do."""
    found = _one(transaction, biddings.c.auction == url)
    number = url.rpartition("/")[2]
    if found is None and number.isascii() and number.isdigit() and int(number) <= _LARGEST_ID:
        found = _one(transaction, biddings.c.id == int(number))
    return found


def record_rows(transaction: Transaction, bidding_id: int) -> Rows:
    """The entries of its record, in their order."""
    return _of_bidding(transaction, record, bidding_id, record.c.number)


def bid_rows(transaction: Transaction, bidding_id: int) -> Rows:
    """All bids ever taken, in their order."""
    return _of_bidding(transaction, bids, bidding_id, bids.c.sequence)


def offer_rows(transaction: Transaction, bidding_id: int) -> Rows:
    """All second chances, in their order."""
    return _of_bidding(transaction, offers, bidding_id, offers.c.number)


def place_of(table: str, row: StoredRow) -> str:
    """Where a row is, without anything that is a secret."""
    cells = row._mapping
    names = (name for name in ("id", "bidding_id", "sequence", "number") if name in cells)
    return f"{table} " + " ".join(f"{name}={cells[name]!r}" for name in names)


def _one(transaction: Transaction, which: Any) -> StoredRow | None:
    rows = list(_checked(transaction, biddings, _cells(biddings).where(which)))
    if len(rows) > 1:
        raise NotProven("biddings: there are two of this auction")
    return rows[0] if rows else None


def _of_bidding(transaction: Transaction, table: Table, bidding_id: int, order: Any) -> Rows:
    chosen = _cells(table).where(table.c.bidding_id == bidding_id).order_by(order)
    return _checked(transaction, table, chosen)


def _cells(table: Table) -> Select[Any]:
    """What is stored, not what is made of it for others: every number True, and any BLOB text."""
    cells: list[Any] = [type_coerce(it, NullType()).label(it.name) for it in table.c]
    return select(*cells)


def _checked(transaction: Transaction, table: Table, chosen: Select[Any]) -> Rows:
    """Rows whose every cell is of its column's type: SQLite stores anything anywhere."""
    try:
        with (
            as_stored(transaction),
            transaction.execute(chosen, execution_options={"yield_per": _AT_ONCE}) as result,
        ):
            for row in result:
                for column in table.c:
                    _check_cell(table, column, row)
                yield row
    except DBAPIError as error:
        no_text = _NO_TEXT.search(str(error.orig))
        if no_text is not None:
            raise NotProven(f"{table.name}.{no_text[1]}: a cell is no text") from error
        if is_outage(error):
            raise
        raise TablesMissing(str(error.orig).partition("\n")[0]) from error


def _check_cell(table: Table, column: Any, row: StoredRow) -> None:
    value = row._mapping[column.name]
    if value is None and column.nullable:
        return
    is_right = isinstance(value, str if column.type.python_type is str else int)
    if isinstance(column.type, Boolean):
        is_right = value in {0, 1}
    if not is_right:
        raise NotProven(f"{place_of(table.name, row)}: {column.name} is malformed")
