"""A database that can't be used now is told from a mistake of ours, and told of once a second."""

import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from psycopg import errors
from service_kit.errors import StoreUnavailable
from service_kit.outage import _Teller, is_outage, outages_translated
from sqlalchemy import exc


def raised(act: Callable[[], object]) -> Exception:
    try:
        act()
    except Exception as error:  # noqa: BLE001 - whatever it is
        return error
    raise AssertionError("nothing was raised")


def locked(folder: Path) -> object:
    with sqlite3.connect(folder / "db", timeout=0) as one, sqlite3.connect(folder / "db") as other:
        other.execute("BEGIN EXCLUSIVE")
        return one.execute("BEGIN IMMEDIATE")


def broken(folder: Path) -> object:
    (folder / "db").write_bytes(b"no database at all" * 100)
    return sqlite3.connect(folder / "db").execute("SELECT * FROM sqlite_master")


def read_only(folder: Path) -> object:
    sqlite3.connect(folder / "db").execute("CREATE TABLE t (n)")
    return sqlite3.connect(f"file:{folder}/db?mode=ro", uri=True).execute("DELETE FROM t")


def full(folder: Path) -> object:
    database = sqlite3.connect(folder / "db")
    database.execute("CREATE TABLE t (n)")
    database.execute("PRAGMA max_page_count = 3")
    return database.execute("INSERT INTO t VALUES (randomblob(100000))")


def missing(folder: Path) -> object:
    return sqlite3.connect(folder / "no" / "db")


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("act", [locked, broken, read_only, full, missing])
def test_a_file_that_can_not_be_used_is_an_outage(
    tmp_path: Path, act: Callable[[Path], object]
) -> None:
    assert is_outage(raised(lambda: act(tmp_path)))


@pytest.mark.parametrize(
    "statement", ["SELECT * FROM nothing", "SELEC 1", "SELECT ?", "INSERT INTO t VALUES (1, 2)"]
)
def test_a_mistake_of_ours_is_none(statement: str) -> None:
    assert not is_outage(raised(lambda: sqlite3.connect(":memory:").execute(statement)))


def test_a_server_that_is_not_there_is_an_outage() -> None:
    url = "postgresql://gavel@127.0.0.1:1/x?connect_timeout=2"
    assert is_outage(raised(lambda: psycopg.connect(url)))


@pytest.mark.parametrize(
    "error",
    [
        errors.AdminShutdown(),
        errors.CannotConnectNow(),
        errors.DiskFull(),
        errors.DataCorrupted(),
        errors.ReadOnlySqlTransaction(),
        errors.LockNotAvailable(),
        errors.DeadlockDetected(),
        errors.TooManyConnections(),
        exc.TimeoutError(),
        exc.OperationalError("SELECT 1", {}, psycopg.OperationalError()),
        exc.InternalError("SELECT 1", {}, errors.DataCorrupted()),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_a_server_may_recover_from_is_an_outage(error: Exception) -> None:
    assert is_outage(error)


@pytest.mark.parametrize(
    "error",
    [
        errors.UniqueViolation(),
        errors.SyntaxError(),
        errors.UndefinedTable(),
        errors.NumericValueOutOfRange(),
        exc.IntegrityError("INSERT", {}, errors.UniqueViolation()),
        ValueError(),
        OSError(),
        InterruptedError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_would_fail_again_is_none(error: Exception) -> None:
    assert not is_outage(error)


def test_an_outage_is_raised_in_the_kits_words_and_anything_else_as_it_is() -> None:
    with pytest.raises(StoreUnavailable, match="no space"), outages_translated():
        raise errors.DiskFull("no space\nDETAIL: much more")
    with pytest.raises(errors.UniqueViolation), outages_translated():
        raise errors.UniqueViolation


def test_a_hundred_outages_in_a_moment_are_one_line(caplog: pytest.LogCaptureFixture) -> None:
    now_s = 0.0
    teller = _Teller(lambda: now_s)
    with caplog.at_level(logging.WARNING):
        for _ in range(100):
            teller.tell("away")
        now_s = 1.5
        teller.tell("still away")
    assert [record.getMessage() for record in caplog.records] == [
        "store unavailable error='away' untold=0",
        "store unavailable error='still away' untold=99",
    ]
