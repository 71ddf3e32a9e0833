"""What is remembered is what a transaction would read now, whoever changed it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from threading import Barrier, Thread

import pytest
from service_kit import database
from service_kit.marked_view import reading_marked
from sqlalchemy import Connection, Engine

from auction_app.db.memory import Memory, View

_NUMBER = "SELECT number FROM numbers"


def read_number(connection: Connection) -> int:
    return int(connection.exec_driver_sql(_NUMBER).scalar_one())


def raise_number(engine: Engine) -> None:
    with database.writing(engine) as connection:
        connection.exec_driver_sql("UPDATE numbers SET number = number + 1")


class House:
    """A number, and how often it was asked for."""

    def __init__(self, url: str) -> None:
        self.engine = database.connect(url)
        self.memory = Memory()
        self.asked = 0
        with database.writing(self.engine) as connection:
            connection.exec_driver_sql("CREATE TABLE numbers (number INTEGER)")
            connection.exec_driver_sql("INSERT INTO numbers VALUES (1)")

    def ask(self, connection: Connection) -> int:
        self.asked += 1
        return read_number(connection)

    @contextmanager
    def view(self) -> Iterator[tuple[View, Connection]]:
        view = View(self.memory)
        with reading_marked(self.engine) as connection:
            yield view, connection

    def number(self) -> int:
        with self.view() as (view, connection):
            return view.remembered(connection, self.ask)

    def close(self) -> None:
        self.engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{request.getfixturevalue('tmp_path')}/numbers.sqlite3"
    return str(request.getfixturevalue("postgres_database"))


@pytest.fixture
def house(url: str) -> Iterator[House]:
    with closing(House(url)) as made:
        yield made


def test_it_is_asked_once_while_nothing_changes(house: House) -> None:
    assert [house.number() for _ in range(5)] == [1] * 5
    assert house.asked <= 2, "the first look of a connection counts as a change"


def test_what_another_process_changes_is_seen_at_once(house: House, url: str) -> None:
    other = database.connect(url)
    for expected in range(1, 5):
        assert [house.number(), house.number()] == [expected] * 2
        raise_number(other)
    other.dispose()


def test_what_the_same_connection_changes_is_seen_at_once(house: House) -> None:
    for expected in range(1, 5):
        assert [house.number(), house.number()] == [expected] * 2
        raise_number(house.engine)  # the pool's only connection so far


def test_a_view_goes_on_seeing_what_it_saw_first(house: House, url: str) -> None:
    other = database.connect(url)
    house.number()
    with house.view() as (view, connection):
        assert view.remembered(connection, house.ask) == 1
        raise_number(other)
        assert house.number() == 2, "in a view of its own"
        assert read_number(connection) == 1
        assert view.remembered(connection, house.ask) == 1
    assert house.number() == 2
    other.dispose()


def test_whoever_was_overtaken_leaves_nothing_behind(house: House, url: str) -> None:
    """One that began before a change remembers after it; then nobody may take its word."""
    other = database.connect(url)
    late = View(house.memory)
    with reading_marked(house.engine) as connection:
        read_number(connection)  # from here on it sees 1
        raise_number(other)
        assert house.number() == 2
        assert late.remembered(connection, house.ask) == 1
    assert [house.number() for _ in range(4)] == [2] * 4
    other.dispose()


def test_many_readers_never_see_less_than_was_committed_before_they_began(
    house: House, url: str
) -> None:
    other = database.connect(url)
    committed, wrong, together = [1], list[tuple[int, int]](), Barrier(4)

    def look() -> None:
        together.wait()
        for _ in range(150):
            least = committed[0]
            if (seen := house.number()) < least:
                wrong.append((least, seen))

    readers = [Thread(target=look) for _ in range(3)]
    for one in readers:
        one.start()
    together.wait()
    for number in range(2, 40):
        raise_number(other)
        committed[0] = number
    for one in readers:
        one.join(60)
    other.dispose()
    assert wrong == []


def test_what_is_asked_otherwise_is_asked_for_itself(house: House) -> None:
    def read_plus(connection: Connection, more: int, *, still: int = 0) -> int:
        return read_number(connection) + more + still

    for _ in range(2):
        with house.view() as (view, connection):
            assert view.remembered(connection, read_plus, 1) == 2
            assert view.remembered(connection, read_plus, 2) == 3
            assert view.remembered(connection, read_plus, 2, still=3) == 6


def test_on_postgresql_what_one_connection_saw_another_need_not_ask(postgres_database: str) -> None:
    with closing(House(postgres_database)) as house:
        house.number()
        with house.view(), house.view() as (view, connection):  # which is new in the pool
            assert view.remembered(connection, house.ask) == 1
        assert (house.number(), house.asked) == (1, 1)
        raise_number(house.engine)
        assert (house.number(), house.asked) == (2, 2)
