"""A cell that is no text is read as what it shows, and everything around it as ever."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from service_kit.database import as_stored, connect, read_once, reading, writing
from sqlalchemy import Column, Engine, Integer, MetaData, String, Table, Text, insert, select, text
from sqlalchemy.exc import OperationalError

NOTES = Table("notes", MetaData(), Column("id", Integer), Column("a", String(9)), Column("b", Text))
NO_TEXTS = {
    "CAST(x'ff41' AS TEXT)": "\\xffA",
    "CAST(x'c328' AS TEXT)": "\\xc3(",
    "CAST(x'eda080' AS TEXT)": "\\xed\\xa0\\x80",
    "CAST(x'41ff00ff' AS TEXT)": "A\\xff\x00\\xff",
    "x'00ff'": "\x00\\xff",
    "x'6162'": "ab",
    "x''": "",
}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = connect(f"sqlite:///{tmp_path}/notes.sqlite3")
    NOTES.metadata.create_all(engine)
    with writing(engine) as connection:
        connection.execute(insert(NOTES), [{"id": n, "a": f"a{n}", "b": "é"} for n in range(1, 8)])
    yield engine
    engine.dispose()


def damage(engine: Engine, expression: str, *ids: int) -> None:
    with writing(engine) as connection:
        connection.execute(text(f"UPDATE notes SET a = {expression} WHERE id IN {ids or (0, 0)}"))


@pytest.mark.parametrize(("expression", "shown"), NO_TEXTS.items())
@pytest.mark.parametrize("ids", [(1, 2), (3, 7), (4, 4), (1, 2, 3, 4, 5, 6, 7)])
def test_whatever_is_in_a_cell_all_rows_are_read(
    engine: Engine, ids: tuple[int, ...], expression: str, shown: str
) -> None:
    damage(engine, expression, *ids)
    expected = [(n, shown if n in ids else f"a{n}", "é") for n in range(1, 8)]
    ordered = select(NOTES).order_by(NOTES.c.id)
    with reading(engine) as connection:
        assert connection.execute(ordered).all() == expected
        in_parts = connection.execution_options(yield_per=2).execute(ordered)
        assert [tuple(row) for row in in_parts] == expected
    with read_once(engine) as connection:
        for row in expected:
            found = connection.execute(select(NOTES).where(NOTES.c.id == row[0]))
            assert found.one() == row
            assert connection.scalar(select(NOTES.c.a).where(NOTES.c.id == row[0])) == row[1]


def test_so_does_who_uses_the_driver_itself(engine: Engine) -> None:
    damage(engine, "CAST(x'ff' AS TEXT)", 2, 3)
    driver = engine.raw_connection().driver_connection
    assert driver is not None
    asked = "SELECT a FROM notes ORDER BY id LIMIT 4"
    assert driver.execute(asked).fetchall() == [("a1",), ("\\xff",), ("\\xff",), ("a4",)]
    cursor = driver.cursor().execute(asked)
    assert [cursor.fetchone() for _ in range(5)] == [*driver.execute(asked).fetchall(), None]
    cursor = driver.execute(asked)
    assert [len(cursor.fetchmany(3)), len(cursor.fetchmany(3)), cursor.fetchmany()] == [3, 1, []]


def test_what_is_written_and_returned_is_read_likewise(engine: Engine) -> None:
    damage(engine, "CAST(x'ff' AS TEXT)", 2, 3)
    with writing(engine) as connection:
        back = text("UPDATE notes SET id = id + 10 RETURNING id, a")
        assert {row.id: row.a for row in connection.execute(back)}[12] == "\\xff"
        assert connection.scalar(text("SELECT min(id) FROM notes")) == 11


def test_who_has_to_know_reads_it_as_it_is_stored(engine: Engine) -> None:
    damage(engine, "CAST(x'ff' AS TEXT)", 2, 3)
    with reading(engine) as connection:
        with as_stored(connection), pytest.raises(OperationalError, match="column 'a'"):
            connection.execute(select(NOTES)).all()
        assert len(connection.execute(select(NOTES)).all()) == 7


def test_another_error_stays_one(engine: Engine) -> None:
    driver = engine.raw_connection().driver_connection
    assert driver is not None
    with pytest.raises(sqlite3.OperationalError, match="malformed JSON"):
        driver.execute("SELECT json(b) FROM notes").fetchall()
