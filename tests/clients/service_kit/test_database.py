"""One writer after the other, readers never wait, and an error leaves nothing behind."""

import contextlib
import importlib
import inspect
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.script import ScriptDirectory
from service_kit import database
from service_kit.clock import now_ms
from service_kit.database import (
    answers_within,
    clock_of,
    connect,
    database_url,
    is_sqlite,
    last_write,
    patiently,
    read_once,
    reading,
    writing,
)
from service_kit.errors import StoreUnavailable
from service_kit.schema import check_ready, migrate, newest_version
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import SQLAlchemyError

from tests.faults import commits_failing, full_disk
from tests.postgres import fresh_database


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with counting(f"sqlite:///{tmp_path}/db.sqlite3") as engine:
        yield engine


@pytest.fixture(params=["sqlite", "postgresql"])
def any_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    on_postgres = request.param == "postgresql"
    with counting(
        request.getfixturevalue("postgres_url")
        if on_postgres
        else f"sqlite:///{tmp_path}/db.sqlite3"
    ) as engine:
        yield engine


@contextlib.contextmanager
def counting(url: str) -> Iterator[Engine]:
    engine = connect(url)
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE counter (n INTEGER NOT NULL)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))
    yield engine
    engine.dispose()


def count(engine: Engine) -> int:
    with reading(engine) as connection:
        return int(connection.execute(text("SELECT n FROM counter")).scalar_one())


def test_writers_in_many_threads_lose_no_update(engine: Engine) -> None:
    def add() -> None:
        for _ in range(25):
            with writing(engine) as connection:
                n = connection.execute(text("SELECT n FROM counter")).scalar_one()
                connection.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(engine) == 200


def test_an_error_rolls_back_and_frees_the_turn(any_engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError), writing(any_engine) as connection:
        connection.execute(text("UPDATE counter SET n = 99"))
        raise ZeroDivisionError
    assert count(any_engine) == 0
    with writing(any_engine) as connection:
        connection.execute(text("UPDATE counter SET n = 1"))
    assert count(any_engine) == 1


def test_a_commit_that_fails_is_raised_and_nothing_is_written(any_engine: Engine) -> None:
    url = any_engine.url.render_as_string(hide_password=False)
    with commits_failing(url, "counter", "UPDATE"):
        for _ in range(2):
            with pytest.raises(Exception, match=r"doomed|FOREIGN KEY"), writing(any_engine) as it:
                it.execute(text("UPDATE counter SET n = 99"))
        assert count(any_engine) == 0
    with writing(any_engine) as connection:
        connection.execute(text("UPDATE counter SET n = 1"))
    assert count(any_engine) == 1


def test_readiness_remembers_a_write_that_failed_until_one_passes(engine: Engine) -> None:
    file = Path(engine.url.database or "")
    versioned(engine)
    check_ready("bus", engine)
    with full_disk(file):
        check_ready("bus", engine)  # known from a moment ago
        with pytest.raises(StoreUnavailable), writing(engine) as connection:
            connection.execute(text("CREATE TABLE large AS SELECT randomblob(100000) AS it"))
        for _ in range(2):
            with pytest.raises(StoreUnavailable):
                check_ready("bus", engine)
        assert count(engine) == 0  # who only reads is served
    check_ready("bus", engine)


def test_a_trial_gives_back_the_room_that_it_took_and_waits_for_no_reader(engine: Engine) -> None:
    versioned(engine)
    log, asking = Path(f"{engine.url.database}-wal"), connect(str(engine.url))
    with reading(engine) as connection:
        assert connection.execute(text("SELECT n FROM counter")).scalar_one() == 0
        check_ready("bus", asking)
    assert log.stat().st_size > 4_000_000
    asking.dispose()
    asking = connect(str(engine.url))
    check_ready("bus", asking)
    assert log.stat().st_size < 100_000
    with writing(asking) as connection:
        connection.execute(text("UPDATE counter SET n = 1"))
    assert count(engine) == 1
    asking.dispose()


@pytest.mark.parametrize("room", [5_000, 60_000, 1_000_000, 3_000_000])
def test_a_disk_with_room_for_something_small_only_is_full(engine: Engine, room: int) -> None:
    versioned(engine)
    with full_disk(Path(engine.url.database or ""), room=room):
        with pytest.raises(StoreUnavailable):  # who has written nothing yet
            check_ready("bus", connect(str(engine.url)))
        with pytest.raises(StoreUnavailable):
            add_bytes(engine, 4_000_000)
        add_bytes(engine, 0)
        with pytest.raises(StoreUnavailable):  # what passed meanwhile was small
            check_ready("bus", engine)
    check_ready("bus", engine)
    assert count(engine) == 1
    with writing(engine) as connection:
        assert connection.exec_driver_sql("PRAGMA cache_size").scalar_one() == -2000
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"


def test_after_a_write_that_failed_a_smaller_one_makes_nobody_ready(engine: Engine) -> None:
    versioned(engine)
    check_ready("bus", engine)
    with full_disk(Path(engine.url.database or ""), room=6_000_000):
        with pytest.raises(StoreUnavailable):
            add_bytes(engine, 12_000_000)
        for _ in range(2):
            add_bytes(engine, 0)
            with pytest.raises(StoreUnavailable):
                check_ready("bus", engine)
    check_ready("bus", engine)


def test_on_postgresql_too_a_trial_is_large(
    bus_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service_kit.last_write.KNOWN_FOR_S", -1.0)
    for limit in ("64kB", "1MB", "3MB"):
        with (
            temporary_files_of_at_most(bus_engine, limit),
            pytest.raises(StoreUnavailable, match="temp"),
        ):
            check_ready("bus", bus_engine)
        check_ready("bus", bus_engine)
    with temporary_files_of_at_most(bus_engine, "6MB"):
        check_ready("bus", bus_engine)
        with pytest.raises(StoreUnavailable), last_write(bus_engine).noted():
            raise StoreUnavailable("no space left")
        with pytest.raises(StoreUnavailable, match="temp"):
            check_ready("bus", bus_engine)
    check_ready("bus", bus_engine)


@contextlib.contextmanager
def temporary_files_of_at_most(engine: Engine, limit: str) -> Iterator[None]:
    """A PostgreSQL that can't write more than so much beside its tables, as on a full disk."""
    name = engine.url.database
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"ALTER DATABASE {name} SET temp_file_limit = '{limit}'")
    engine.dispose()
    yield
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"ALTER DATABASE {name} RESET temp_file_limit")
    engine.dispose()


def add_bytes(engine: Engine, size: int) -> None:
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE counter SET n = n + 1")
        if size:
            connection.exec_driver_sql(f"CREATE TABLE large AS SELECT randomblob({size}) AS it")


def test_damage_is_remembered_until_a_write_passes_which_a_probe_is_not(engine: Engine) -> None:
    versioned(engine)
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE large AS SELECT randomblob(9000) AS it"))
    with connect(str(engine.url)).connect() as other:
        other.exec_driver_sql("END")
        other.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        root = other.exec_driver_sql("SELECT rootpage FROM sqlite_master WHERE name = 'large'")
        page = int(root.scalar_one())
    engine.dispose()
    with Path(engine.url.database or "").open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"damaged" * 100)
    check_ready("bus", engine)
    with pytest.raises(StoreUnavailable), writing(engine) as connection:
        connection.execute(text("DELETE FROM large"))
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="malformed"):
            check_ready("bus", engine)
    with writing(engine) as connection:
        connection.execute(text("UPDATE counter SET n = 1"))
    check_ready("bus", engine)


@pytest.mark.parametrize(
    ("said", "found"), [("", ("5", "read-write")), ("?connect_timeout=2", ("2", "read-write"))]
)
def test_waits_of_postgresql_have_an_end_unless_the_url_says_otherwise(
    postgres_url: str, said: str, found: tuple[str, str]
) -> None:
    engine = connect(postgres_url + said)
    for _ in range(2):  # the same connection, after a transaction that was rolled back
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            asked = driver.info.get_parameters()
            assert (asked["connect_timeout"], asked["target_session_attrs"]) == found
            assert connection.execute(text("SHOW lock_timeout")).scalar_one() == "5s"
            idle = connection.execute(text("SHOW idle_in_transaction_session_timeout"))
            assert idle.scalar_one() == "30s"
    engine.dispose()


def backend(engine: Engine) -> int:
    with reading(engine) as connection:
        return int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())


def test_a_connection_that_postgresql_has_ended_is_replaced_before_it_is_used(
    postgres_url: str,
) -> None:
    engine, other = connect(postgres_url), connect(postgres_url)
    ended = backend(engine)
    with writing(other) as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": ended})
    assert backend(engine) not in {ended, backend(other)}
    engine.dispose()
    other.dispose()


def test_connections_that_were_needed_at_once_are_kept(any_engine: Engine) -> None:
    def needed() -> set[int]:
        with ExitStack() as stack:
            opened = [stack.enter_context(any_engine.connect()) for _ in range(16)]
            return {id(one.connection.driver_connection) for one in opened}

    kept = needed()
    assert needed() == kept


def test_an_error_of_the_database_names_no_value(engine: Engine) -> None:
    with pytest.raises(SQLAlchemyError) as caught, writing(engine) as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (:it)"), {"it": "hunter2"})
    assert "INSERT INTO nowhere" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_postgresql_has_twenty_seconds_for_an_answer_and_ten_minutes_from_who_is_patient(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[Callable[[], float | None]] = []
    monkeypatch.setattr("service_kit.compat.psycopg.expecting", given.append)
    connect("postgresql+psycopg://nobody@127.0.0.1/nothing")
    connect("postgresql+psycopg://nobody@127.0.0.1/nothing", waits_for_ever=True)
    connect("sqlite:///nothing")
    seconds, for_ever = given
    assert (seconds(), for_ever()) == (20, None)
    with patiently():
        assert seconds() == 600
    with answers_within(3):
        assert seconds() == 3
    assert seconds() == 20


def test_a_postgresql_that_is_gone_is_noticed_within_fifteen_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: dict[str, Any] = {}

    def note(_kind: Any, /, **named: Any) -> None:
        asked.update(named)
        raise OSError("not called at all")

    monkeypatch.setattr("psycopg.Connection.connect", classmethod(note))
    engine = connect("postgresql+psycopg://nobody@127.0.0.1/nothing", waits_for_ever=True)
    with pytest.raises(OSError, match="not called"):
        engine.raw_connection()
    assert asked["connect_timeout"] == 5
    assert asked["tcp_user_timeout"] == 10_000
    silent = asked["keepalives_interval"] * asked["keepalives_count"]
    assert asked["keepalives_idle"] + silent == 15


def test_a_row_that_somebody_else_holds_is_waited_for_only_so_long(postgres_url: str) -> None:
    holder = connect(postgres_url)
    with counting(postgres_url) as engine, holder.begin() as other:
        other.execute(text("UPDATE counter SET n = 5"))
        with pytest.raises(StoreUnavailable, match="lock timeout"), writing(engine) as connection:
            connection.execute(text("SET lock_timeout = '20ms'"))
            connection.execute(text("UPDATE counter SET n = 6"))
    holder.dispose()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits for a tenth of a second only, where it is twenty seconds."""
    monkeypatch.setattr(database, "_answer_s", ContextVar("answer_s", default=0.1))


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("unit", [reading, read_once, writing])
def test_a_statement_that_is_never_answered_is_an_outage_and_the_next_one_passes(
    postgres_url: str, unit: Callable[[Engine], contextlib.AbstractContextManager[Connection]]
) -> None:
    engine = connect(postgres_url)
    with unit(engine) as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    with pytest.raises(StoreUnavailable, match="no answer"), unit(engine) as connection:
        connection.execute(text("SELECT pg_sleep(60)"))
    with unit(engine) as connection:
        assert connection.execute(text("SELECT 2")).scalar_one() == 2
    engine.dispose()


def test_a_connection_that_hangs_is_left_as_soon_as_a_new_one_would_be(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_WAIT_S", 0.2)
    monkeypatch.setattr(database, "_answer_s", ContextVar("answer_s", default=3600))
    engine = connect(postgres_url)
    with reading(engine) as connection:
        hanging = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    monkeypatch.setattr("service_kit.compat.psycopg.LATELY_S", 0.0)
    os.kill(hanging, signal.SIGSTOP)
    try:
        with reading(engine) as connection:
            assert connection.execute(text("SELECT pg_backend_pid()")).scalar_one() != hanging
    finally:
        os.kill(hanging, signal.SIGCONT)
    engine.dispose()


@pytest.mark.usefixtures("hasty")
def test_what_takes_long_is_waited_for_patiently(postgres_url: str) -> None:
    engine = connect(postgres_url)
    with patiently(), writing(engine) as connection:
        connection.execute(text("SELECT pg_sleep(0.3)"))
    with pytest.raises(StoreUnavailable), writing(engine) as connection:
        connection.execute(text("SELECT pg_sleep(60)"))
    engine.dispose()


@pytest.mark.usefixtures("hasty")
def test_a_migration_takes_as_long_as_it_takes(postgres_url: str) -> None:
    engine = connect(postgres_url, waits_for_ever=True)
    with writing(engine) as connection:
        connection.execute(text("SELECT pg_sleep(0.3)"))
    engine.dispose()


def test_the_driver_can_be_given_a_deadline() -> None:
    wait = inspect.signature(psycopg.Connection.wait)
    assert list(wait.parameters)[1:] == ["gen", "interval", "timeout"], (
        "psycopg waits for answers another way: mend service_kit/compat/psycopg.py"
    )
    assert issubclass(psycopg.errors._WaitTimeout, psycopg.Error)


def test_who_has_not_written_lately_tries(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    versioned(engine)
    check_ready("bus", engine)
    with connect(str(engine.url)).connect() as other:
        other.exec_driver_sql("END")
        other.exec_driver_sql("BEGIN IMMEDIATE")
        check_ready("bus", engine)
        later_s = time.monotonic() + 11
        monkeypatch.setattr(last_write(engine), "_steady_s", lambda: later_s)
        with pytest.raises(StoreUnavailable, match="locked"):
            check_ready("bus", engine)
        other.exec_driver_sql("END")
    check_ready("bus", engine)


@pytest.mark.parametrize("table", ["alembic_version", "events", "subscriptions"])
@pytest.mark.parametrize("mode", ["SHARE", "EXCLUSIVE", "ACCESS EXCLUSIVE"])
def test_who_has_not_written_lately_finds_any_table_that_is_locked(
    bus_engine: Engine, mode: str, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_ready("bus", bus_engine)
    monkeypatch.setattr("service_kit.last_write.KNOWN_FOR_S", -1.0)
    with writing(bus_engine) as other:
        other.exec_driver_sql(f"LOCK TABLE {table} IN {mode} MODE")
        begun = time.monotonic()
        with pytest.raises(StoreUnavailable):
            check_ready("bus", bus_engine)
        assert time.monotonic() - begun < 10
    check_ready("bus", bus_engine)


def test_locks_that_keep_nobody_from_writing_leave_a_process_ready(
    bus_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service_kit.last_write.KNOWN_FOR_S", -1.0)
    with writing(bus_engine) as other:
        other.exec_driver_sql("LOCK TABLE events IN ROW EXCLUSIVE MODE")
        other.exec_driver_sql("LOCK TABLE topics IN SHARE UPDATE EXCLUSIVE MODE")
        check_ready("bus", bus_engine)


@pytest.fixture(scope="module")
def bus_engine(postgres_cluster: str) -> Iterator[Engine]:
    """A PostgreSQL with the bus's tables."""
    with fresh_database(postgres_cluster, "bus") as url:
        engine = connect(url)
        yield engine
        engine.dispose()


def versioned(engine: Engine) -> None:
    """As if the bus's tables of the newest version were there."""
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num TEXT NOT NULL)"))
        newest = max(Path("bus/migrations/versions").glob("*.py")).name[:4]
        connection.execute(text("INSERT INTO alembic_version VALUES (:it)"), {"it": newest})


@pytest.mark.parametrize("package", ["auction_app", "bids_service", "bus", "mailer_service"])
def test_the_newest_version_by_name_is_the_end_of_alembics_chain(package: str) -> None:
    versions = Path(importlib.import_module(package).__path__[0], "migrations", "versions")
    head = ScriptDirectory(str(versions), version_locations=[str(versions)]).get_current_head()
    assert newest_version(package) == head


@pytest.mark.slow
def test_a_process_that_only_asks_for_the_version_does_without_alembic(engine: Engine) -> None:
    program = (
        "import sys; from service_kit.schema import check_start;"
        f"check_start('bus', {engine.url.render_as_string()!r})\n"
    )
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", program],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "the database is at version none" in done.stderr
    assert "alembic" not in {line.split("|")[-1].strip() for line in done.stderr.splitlines()}


def test_the_time_is_the_databases_or_of_the_machine_that_it_is_embedded_in(
    any_engine: Engine,
) -> None:
    with read_once(any_engine) as connection:
        told_ms = connection.execute(select(clock_of(any_engine, lambda: 7))).scalar_one()
    assert told_ms == 7 if is_sqlite(any_engine) else abs(told_ms - now_ms()) < 60_000


def test_a_reader_sees_one_state_while_a_writer_commits(any_engine: Engine) -> None:
    with reading(any_engine) as connection:
        before = connection.execute(text("SELECT n FROM counter")).scalar_one()
        with writing(any_engine) as other:
            other.execute(text("UPDATE counter SET n = 5"))
        assert connection.execute(text("SELECT n FROM counter")).scalar_one() == before
    assert count(any_engine) == 5


def test_every_commit_is_forced_to_disk(engine: Engine) -> None:
    with reading(engine) as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar_one() == 2
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"


@pytest.mark.parametrize("url", ["", "mysql://x", "sqlite://", "/var/x"])
def test_a_url_of_no_known_database_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        database_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://gavel@127.0.0.1:port/bus",
        "postgresql://gavel@[::1/bus",
        "sqlite:////var/bus%00.db",
        "sqlite:////var/bus\0.db",
    ],
)
def test_a_url_that_nothing_can_be_opened_with_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"must be|no path has"):
        database_url(url)


@pytest.mark.parametrize(
    "option",
    [
        "nosuchoption=1",
        "row_factory=1",
        "autocommit=1",
        "prepare_threshold=x",
        "sslmode=bogus",
        "target_session_attrs=any%00",
        "target_session_attrs=some",
        "channel_binding=1",
        "connect_timeout=soon",
        "keepalives_idle=1.5",
        "tcp_user_timeout=%D9%A1s",
        "port=99999",
        "host=one:1&host=two:x",
        "nosuchoption=1&nosuchoption=2",
    ],
)
@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg"])
def test_an_option_that_libpq_refuses_is_refused_without_the_password(
    scheme: str, option: str
) -> None:
    with pytest.raises(ValueError, match=r"^has |^holds|^must be") as refused:
        database_url(f"{scheme}://gavel:hush-hush@127.0.0.1:5432/bus?{option}")
    assert "hush" not in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://gavel:hush@db.example/bus?sslmode=require&connect_timeout=2",
        "postgresql://gavel@/bus?host=/var/run/postgresql",
        "postgresql://gavel@/bus?host=one.example:5432&host=two.example:5433",
        "postgresql://gavel@127.0.0.1/bus?options=-csearch_path%3Dother",
        "postgresql://gavel@127.0.0.1/bus?target_session_attrs=any&tcp_user_timeout=100",
    ],
)
def test_what_libpq_takes_is_taken(url: str) -> None:
    assert database_url(url) == url


def test_sqlite_takes_no_options() -> None:
    with pytest.raises(ValueError, match="has options"):
        database_url("sqlite:////var/x.db?nosuchoption=1")


@pytest.mark.slow
def test_altering_a_table_leaves_what_refers_to_it(tmp_path: Path) -> None:
    """SQLite alters by copying and dropping, which would take the referring rows along."""
    package = tmp_path / "shop"
    (package / "migrations" / "versions").mkdir(parents=True)
    (package / "__init__.py").touch()
    versions = package / "migrations" / "versions"
    (versions / "one.py").write_text(
        "from alembic import op\n"
        "revision, down_revision = 'one', None\n"
        "def upgrade():\n"
        "    op.execute('CREATE TABLE shelf (id INTEGER PRIMARY KEY)')\n"
        "    op.execute('CREATE TABLE book (shelf INTEGER NOT NULL REFERENCES shelf (id)'\n"
        "               ' ON DELETE CASCADE)')\n"
        "    op.execute('INSERT INTO shelf VALUES (1)')\n"
        "    op.execute('INSERT INTO book VALUES (1)')\n"
    )
    (versions / "two.py").write_text(
        "import sqlalchemy as sa\n"
        "from alembic import op\n"
        "revision, down_revision = 'two', 'one'\n"
        "def upgrade():\n"
        "    with op.batch_alter_table('shelf', recreate='always') as shelf:\n"
        "        shelf.add_column(sa.Column('name', sa.String(10)))\n"
    )
    url = f"sqlite:///{tmp_path}/shop.sqlite3"
    program = f"from service_kit.schema import migrate; migrate('shop', {url!r})"
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True, timeout=60)
    engine = connect(url)
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM book")).scalar_one() == 1
    engine.dispose()


def test_the_folder_of_a_database_is_made_with_it(tmp_path: Path) -> None:
    migrate("bids_service", f"sqlite:///{tmp_path}/not/there/yet/db.sqlite3")
    assert (tmp_path / "not/there/yet/db.sqlite3").exists()
