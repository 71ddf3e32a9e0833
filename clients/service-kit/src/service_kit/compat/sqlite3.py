"""sqlite3: one cell that should be text and is none must not fail all that is read with it.

SQLite keeps any bytes in any column, and its driver raises for a text that is no UTF-8. Where it
has raised, the cursor still stands at that row, so it is read again, as what it shows; what is
sound costs nothing more.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import String
from sqlalchemy.engine.interfaces import Dialect

_NO_UTF_8 = "Could not decode to UTF-8"


class AnyTextCursor(sqlite3.Cursor):
    """Shows a text that is no UTF-8. Not to be iterated over: that raises."""

    def fetchone(self) -> Any:
        """The next row, or None."""
        try:
            return super().fetchone()
        except sqlite3.OperationalError as error:
            return self._damaged_row(error)

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """So many rows, or those there are."""
        return self._fetch(self.arraysize if size is None else size)

    def fetchall(self) -> list[Any]:
        """The rows that are left."""
        return self._fetch(None)

    def _fetch(self, most: int | None) -> list[Any]:
        rows: list[Any] = []
        while True:
            try:
                # What was appended before an error stays in the list.
                rows.extend(self if most is None else islice(self, most - len(rows)))
            except sqlite3.OperationalError as error:
                rows.append(self._damaged_row(error))
            else:
                return rows

    def _damaged_row(self, error: sqlite3.OperationalError) -> Any:
        connection: Any = self.connection
        if connection.checks_text or not str(error).startswith(_NO_UTF_8):
            raise error
        connection.text_factory = shown
        try:
            return super().fetchone()
        finally:
            connection.text_factory = str


class AnyTextConnection(sqlite3.Connection):
    """What opens such cursors. While somebody `checks_text` they raise as the driver does."""

    checks_text = 0

    def cursor(self, factory: Any = AnyTextCursor) -> Any:
        """A new cursor."""
        return super().cursor(factory)

    def execute(self, sql: str, parameters: Any = ()) -> Any:
        """The cursor of a statement, which is one of these too."""
        return AnyTextCursor(self).execute(sql, parameters)


@contextmanager
def checking_text(connection: Any) -> Iterator[None]:
    """Around reads that raise where they meet a text that is no UTF-8."""
    connection.checks_text += 1
    try:
        yield
    finally:
        connection.checks_text -= 1


def read_blobs_as_text(dialect: Dialect) -> None:
    """Have an engine show a BLOB where its tables say text."""
    dialect.colspecs = {**dialect.colspecs, String: _Text}


def read_json(cell: Any) -> Any:
    """What a cell of JSON holds; None where it is none, which whoever reads the row must meet."""
    try:
        return json.loads(cell)
    except (RecursionError, TypeError, ValueError):
        return None


def shown(cell: bytes) -> str:
    """A text, with `\\xff` for each byte that makes it none."""
    return cell.decode("utf-8", "backslashreplace")


class _Text(String):
    def result_processor(self, _dialect: Dialect, _coltype: object) -> Callable[[Any], Any]:
        return _shown_if_blob


def _shown_if_blob(cell: Any) -> Any:
    return shown(cell) if cell.__class__ is bytes else cell
