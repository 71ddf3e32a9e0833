"""A view tells whether it shows anything else than the one before, and begins in one go."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from typing import Any

import pytest
from psycopg.pq import TransactionStatus
from service_kit import database
from service_kit.compat.psycopg import LATELY_S, Expecting
from service_kit.errors import StoreUnavailable
from service_kit.marked_view import glancing, mark_of, reading_marked
from sqlalchemy import Connection, Engine


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param == "sqlite":
        url = f"sqlite:///{request.getfixturevalue('tmp_path')}/numbers.sqlite3"
    else:
        url = str(request.getfixturevalue("postgres_url"))
    made = database.connect(url)
    with database.writing(made) as connection:
        connection.exec_driver_sql("CREATE TABLE numbers (number INTEGER)")
        connection.exec_driver_sql("INSERT INTO numbers VALUES (1)")
    yield made
    made.dispose()


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Engine]:
    engine = database.connect(postgres_url)
    yield engine
    engine.dispose()


def number_and_mark(engine: Engine) -> tuple[int, object]:
    with reading_marked(engine) as connection:
        mark = mark_of(connection)
        return connection.exec_driver_sql("SELECT number FROM numbers").scalar_one(), mark


def while_nobody_writes(engine: Engine, look: Callable[[], object]) -> tuple[object, object]:
    """A view's mark, and what is seen while it stays: PostgreSQL's tells of all its databases, and
    other tests write into theirs."""
    for _ in range(50):
        before, seen, after = number_and_mark(engine), look(), number_and_mark(engine)
        if before == after:
            return before[1], seen
    pytest.fail("the mark never stayed the same")


def add_one(engine: Engine) -> None:
    with database.writing(engine) as connection:
        connection.exec_driver_sql("UPDATE numbers SET number = number + 1")


def test_its_mark_changes_with_what_it_shows_and_only_then(engine: Engine) -> None:
    first, again = while_nobody_writes(engine, lambda: number_and_mark(engine)[1])
    add_one(engine)
    changed = number_and_mark(engine)

    assert first == again
    assert changed[0] == 2
    assert changed[1] != first


def test_a_glance_tells_the_same_mark(engine: Engine) -> None:
    def glance() -> object:
        with glancing(engine) as connection:
            return mark_of(connection)

    mark, glanced = while_nobody_writes(engine, glance)
    assert glanced == mark
    add_one(engine)
    with glancing(engine) as connection:
        assert mark_of(connection) != mark


def test_it_goes_on_showing_what_it_showed_first(engine: Engine) -> None:
    other = database.connect(engine.url.render_as_string(hide_password=False))
    with closing(other.raw_connection()), reading_marked(engine) as connection:
        mark = mark_of(connection)
        seen = connection.exec_driver_sql("SELECT number FROM numbers").scalar_one()
        add_one(other)
        assert connection.exec_driver_sql("SELECT number FROM numbers").scalar_one() == seen
        assert mark_of(connection) == mark
    assert number_and_mark(engine)[0] == seen + 1
    other.dispose()


def test_after_it_a_connection_writes_as_before(engine: Engine) -> None:
    number_and_mark(engine)
    with pytest.raises(ZeroDivisionError), database.writing(engine) as connection:
        connection.exec_driver_sql("UPDATE numbers SET number = 7")
        raise ZeroDivisionError
    assert number_and_mark(engine)[0] == 1


def test_nothing_is_written_in_it(postgres: Engine) -> None:
    with pytest.raises(StoreUnavailable, match="read-only"), reading_marked(postgres) as connection:
        connection.exec_driver_sql("CREATE TABLE more (number INTEGER)")


# To begin it and to end it, where a connection has just answered; to ask for the mark alone.
@pytest.mark.parametrize(
    ("view", "expected"),
    [(reading_marked, ["_execute_gen", "_commit_gen"]), (glancing, ["_execute_gen"])],
)
def test_it_costs_two_round_trips_and_a_glance_one(
    postgres: Engine,
    monkeypatch: pytest.MonkeyPatch,
    view: Callable[[Engine], AbstractContextManager[Connection]],
    expected: list[str],
) -> None:
    with view(postgres):
        pass
    waited: list[object] = []
    wait = Expecting.wait

    def counted(self: Expecting, gen: Any, *limits: Any) -> Any:
        is_idle = self.info.transaction_status is TransactionStatus.IDLE
        if gen.__name__ == "_execute_gen" or not is_idle:  # else there is nothing to say
            waited.append(gen.__name__)
        return wait(self, gen, *limits)

    monkeypatch.setattr(Expecting, "wait", counted)
    with view(postgres) as connection:
        assert mark_of(connection)

    assert waited == expected


@pytest.mark.parametrize("silent_s", [0.0, LATELY_S])
def test_a_connection_that_was_ended_spoils_no_view(
    postgres: Engine, postgres_url: str, silent_s: float
) -> None:
    with reading_marked(postgres) as connection:
        driver: Any = connection.connection.driver_connection
    others = database.connect(postgres_url)
    with database.writing(others) as connection:
        connection.exec_driver_sql(f"SELECT pg_terminate_backend({driver.info.backend_pid}, 5000)")
    others.dispose()
    driver.answered_s -= silent_s

    with reading_marked(postgres) as connection:
        assert mark_of(connection)


def test_a_connection_that_breaks_as_a_view_begins_is_not_used_again(
    postgres: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reading_marked(postgres) as connection:
        driver: Any = connection.connection.driver_connection
    driver.pgconn.finish()
    monkeypatch.setattr(Expecting, "has_answered_lately", lambda _: True)

    with pytest.raises(StoreUnavailable), reading_marked(postgres):
        pass
    with reading_marked(postgres) as connection:
        assert mark_of(connection)
