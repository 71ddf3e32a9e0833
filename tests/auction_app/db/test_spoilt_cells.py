"""Whatever cell a hand at the database has spoilt, no page ends in an error of ours."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from zlib import crc32

import pytest
from sqlalchemy import Column, Integer, Table, event, text
from sqlalchemy.exc import DatabaseError

from auction_app.db.tables import metadata
from tests.auction_app.conftest import MAILER_TOKEN, Browser, World, as_program
from tests.auction_app.tour import Tour, begin, paths, rules

pytestmark = pytest.mark.slow

# As SQL has them. Each column gets one, which it is by its name: all of them take minutes.
NUMBERS = ("'soon'", "X'ff'", "9223372036854775807", "-1", "1.5", "NULL")
WORDS = ("X'ff'", "CAST(X'ff' AS TEXT)", "'{'", "''", "'lost'", "NULL")
Look = Callable[[], int]


class Looks:
    """Every page as everybody sees it, by the statements that it asks."""

    def __init__(self, world: World, tour: Tour) -> None:
        self._world = world
        self._asked: list[str] = []
        event.listen(world.parts.store.engine, "before_cursor_execute", self._note)
        people = {"Sam": tour.sale.sam, "Ada": tour.sale.ada, "Bob": tour.sale.bob, "Mo": tour.mo}
        people["nobody"] = world.browser()
        self.statements: dict[tuple[str, str], set[str]] = {}
        self.looks: dict[tuple[str, str], Look] = {}
        for rule in rules(world, "GET"):
            for path in paths(rule.rule, tour):
                for name, browser in people.items():
                    self._add(name, path, look(browser, path))
                self._add("mailer", path, look(world.browser(), path, as_program(MAILER_TOKEN)))

    def _add(self, who: str, path: str, look: Look) -> None:
        self._asked = []
        assert look() < 500, (who, path)
        self.statements[who, path] = set(self._asked)
        self.looks[who, path] = look

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self._asked.append(statement)

    def of_table(self, table: Table) -> list[tuple[str, str]]:
        """As few as ask all statements that name a table."""
        left = {
            look: {one for one in asked if f" {table.name} " in f" {one.replace(chr(10), ' ')} "}
            for look, asked in self.statements.items()
        }
        chosen = []
        while any(left.values()):
            best = max(left, key=lambda it: len(left[it]))
            chosen.append(best)
            found = left.pop(best)
            left = {it: asked - found for it, asked in left.items()}
        return chosen


def look(browser: Browser, path: str, headers: dict[str, str] | None = None) -> Look:
    return lambda: browser.client.get(path, buffered=True, headers=headers).status_code


@contextmanager
def spoilt(world: World, column: Column[Any], value: str) -> Iterator[bool]:
    """A column in all rows, or where they must differ in one, for a while; whether it could be."""
    name, table = column.name, column.table.name
    with world.parts.store.begin() as act:
        before = act.conn.execute(text(f"SELECT rowid, {name} FROM {table}")).all()
    spoil = text(f"UPDATE {table} SET {name} = {value} WHERE rowid = :row")
    put = text(f"UPDATE {table} SET {name} = :value WHERE rowid = :row")
    done = []
    for row, was in before:
        try:
            with world.parts.store.begin() as act:
                act.conn.execute(spoil, {"row": row})
        except DatabaseError:  # a rule of the database itself
            continue
        done.append({"value": was, "row": row})
    yield bool(done)
    for one in done:
        with world.parts.store.begin() as act:
            act.conn.execute(put, one)


def values_of(column: Column[Any]) -> Sequence[str]:
    values = NUMBERS if isinstance(column.type, Integer) else WORDS
    return [values[crc32(str(column).encode()) % len(values)]]


def test_whatever_cell_is_spoilt_no_page_ends_in_an_error(world: World) -> None:
    looks = Looks(world, begin(world))
    failed: dict[str, list[str]] = defaultdict(list)
    tried = 0
    for table in metadata.sorted_tables:
        chosen = looks.of_table(table)
        for column in table.columns if chosen else ():
            for value in values_of(column):
                with spoilt(world, column, value) as is_spoilt:
                    for one in chosen if is_spoilt else ():
                        tried += 1
                        try:
                            status: object = looks.looks[one]()
                        except Exception as error:  # noqa: BLE001
                            status = repr(error)
                        if not isinstance(status, int) or status >= 500:
                            failed[f"{table.name}.{column.name} = {value}"].append(
                                f"{one} {status}"
                            )
    assert tried > 500
    assert not failed, "\n".join(f"{cell}: {len(it)} {it[0]}" for cell, it in failed.items())
