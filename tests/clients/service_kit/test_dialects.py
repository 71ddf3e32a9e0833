"""Many rows at once, and insert-or-else, alike on both databases."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from service_kit.database import connect, read_once, writing
from service_kit.dialects import (
    insert_all,
    insert_missing,
    insert_new,
    insert_or,
    insert_returning,
)
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Engine,
    Integer,
    MetaData,
    Table,
    Text,
    select,
)

metadata = MetaData()
# Named as a pseudo-type of PostgreSQL is, with a column named as a keyword.
record = Table(
    "record",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("order", Integer, nullable=False, unique=True),
    Column("text", Text),
    Column("is_old", Boolean),
    Column("extra", JSON),
)
AWKWARD = 'Ça "quotes" \'all\' {"a": 1} %s :b\n'
ROWS: list[dict[str, Any]] = [
    {"order": 3, "text": AWKWARD, "is_old": True, "extra": {"a": [1]}},
    {"order": 1, "text": None, "is_old": None, "extra": {}},
    {"order": 2, "text": "", "is_old": False, "extra": {"b": None}},
]


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    on_postgres = request.param == "postgresql"
    engine = connect(
        request.getfixturevalue("postgres_url")
        if on_postgres
        else f"sqlite:///{tmp_path}/db.sqlite3"
    )
    with writing(engine) as connection:
        metadata.create_all(connection)
    yield engine
    engine.dispose()


def kept(engine: Engine) -> list[dict[str, object]]:
    with read_once(engine) as connection:
        return [dict(row) for row in connection.execute(select(record).order_by("id")).mappings()]


def test_rows_are_kept_as_they_were_given_and_in_their_order(engine: Engine) -> None:
    with writing(engine) as connection:
        insert_all(connection, record, ROWS)
    assert kept(engine) == [{"id": number, **row} for number, row in enumerate(ROWS, start=1)]


def test_no_rows_are_no_trouble(engine: Engine) -> None:
    with writing(engine) as connection:
        insert_all(connection, record, [])
    assert kept(engine) == []


def test_what_the_database_added_comes_back(engine: Engine) -> None:
    with writing(engine) as connection:
        back = insert_returning(connection, record, ROWS, record.c.id, record.c.order)
    assert sorted((row.id, row.order) for row in back) == [(1, 3), (2, 1), (3, 2)]


def text_of_the_first(engine: Engine) -> object:
    return next(row["text"] for row in kept(engine) if row["order"] == 1)


def test_a_row_that_is_there_already_can_be_left_as_it_is(engine: Engine) -> None:
    with writing(engine) as connection:
        insert_all(connection, record, ROWS)
        new = insert_or(connection, record).values(order=1, text="new")
        connection.execute(new.on_conflict_do_nothing())
    assert text_of_the_first(engine) is None


def test_of_many_rows_those_that_are_there_already_are_left_as_they_are(engine: Engine) -> None:
    with writing(engine) as connection:
        insert_all(connection, record, ROWS[:2])
        insert_missing(connection, record, [{**row, "text": "new"} for row in ROWS])
        insert_missing(connection, record, [])
    texts = {row["order"]: row["text"] for row in kept(engine)}
    assert texts == {**{row["order"]: row["text"] for row in ROWS[:2]}, ROWS[2]["order"]: "new"}


def test_a_row_that_is_there_already_can_be_changed(engine: Engine) -> None:
    with writing(engine) as connection:
        insert_all(connection, record, ROWS)
        new = insert_or(connection, record).values(order=1, text="new")
        changed = {"text": new.excluded.text}
        connection.execute(new.on_conflict_do_update(index_elements=["order"], set_=changed))
    assert text_of_the_first(engine) == "new"


ON_SQLITE = """
import sys
from service_kit.database import connect
from service_kit.dialects import insert_all, insert_or
from sqlalchemy import Column, Integer, MetaData, Table

it = Table("it", MetaData(), Column("n", Integer, primary_key=True))
with connect(f"sqlite:///{sys.argv[1]}/it").connect() as connection:
    it.create(connection)
    insert_all(connection, it, [{"n": 1}])
    connection.execute(insert_or(connection, it).values(n=1).on_conflict_do_nothing())
named = ("psycopg", "sqlalchemy.dialects.postgresql")
print([name for name in sys.modules if name.startswith(named)])
"""


@pytest.mark.slow
def test_who_has_sqlite_loads_nothing_of_postgresql(tmp_path: Path) -> None:
    command = [sys.executable, "-c", ON_SQLITE, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout == "[]\n", done.stdout + done.stderr


def test_whether_a_row_is_new_is_known(engine: Engine) -> None:
    row = {"order": 3, "text": "first", "is_old": None, "extra": {}}
    with writing(engine) as connection:
        assert insert_new(connection, record, row, same=("order",))
        assert not insert_new(connection, record, row | {"text": "second"}, same=("order",))

    with read_once(engine) as connection:
        assert connection.execute(select(record.c.text)).scalars().all() == ["first"]
