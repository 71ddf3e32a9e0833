"""Faults of a database and its disk, brought about for real: what is tested doesn't know."""

import resource
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from service_kit.database import connect, is_sqlite, writing
from sqlalchemy import text


@contextmanager
def commits_failing(url: str, table: str, act: str = "INSERT") -> Iterator[None]:
    """The COMMIT of whoever inserts into a table (or does another act there) fails, on either
    engine, after each of its statements went well."""
    if is_sqlite(connect(url)):
        doom, forgive = _sqlite_doom(table, act)
    else:
        doom, forgive = _postgres_doom(table, act)
    _run(url, doom)
    try:
        yield
    finally:
        _run(url, forgive)


def _sqlite_doom(table: str, act: str) -> tuple[list[str], list[str]]:
    """A row that refers to nothing, which is looked at when the transaction ends."""
    refers = "n INTEGER REFERENCES doom_nothing (n) DEFERRABLE INITIALLY DEFERRED"
    doom = [
        "CREATE TABLE doom_nothing (n INTEGER PRIMARY KEY)",
        f"CREATE TABLE doomed ({refers})",
        f"CREATE TRIGGER doom AFTER {act} ON {table} BEGIN INSERT INTO doomed VALUES (1); END",
    ]
    return doom, ["DROP TRIGGER doom", "DROP TABLE doomed", "DROP TABLE doom_nothing"]


def _postgres_doom(table: str, act: str) -> tuple[list[str], list[str]]:
    """A trigger that is called when the transaction ends."""
    body = "BEGIN RAISE EXCEPTION 'doomed' USING ERRCODE = 'disk_full'; END"
    doom = [
        f"CREATE FUNCTION doom() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
        f"CREATE CONSTRAINT TRIGGER doom AFTER {act} ON {table} DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION doom()",
    ]
    return doom, ["DROP FUNCTION doom CASCADE"]


def _run(url: str, statements: Sequence[str]) -> None:
    engine = connect(url)
    with writing(engine) as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@contextmanager
def full_disk(database: Path, *, room: int = 0) -> Iterator[None]:
    """Nothing that this process writes goes further than `room` bytes beyond where the log of this
    SQLite database ends: its commits fail as they do on a full disk, when the pages are written."""
    log = database.with_name(f"{database.name}-wal")
    with files_of_at_most((log.stat().st_size if log.exists() else 0) + room):
        yield


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """No file that this process writes gets larger than so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
