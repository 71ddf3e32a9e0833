"""SQLite or PostgreSQL by URL, with transactions that behave alike on both."""

import contextlib
import fcntl
import importlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text

from service_kit.errors import ConfigError, NotMigrated

_BUSY_TIMEOUT_S = 10
_FOR_WRITING = "gavel_for_writing"


def database_url(url: str) -> str:
    """Check a database URL (a parser for settings). Raises ValueError."""
    if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise ValueError("must be sqlite:///PATH or postgresql://USER@HOST/NAME")
    return url


def connect(url: str, *, pool_size: int = 10) -> Engine:
    """An engine for the database at `url`. Opens nothing yet.

    On SQLite every commit is on disk before it returns (WAL, synchronous=FULL). An error of the
    database names the statement but not its values, for they may be secret.
    """
    if not url.startswith("sqlite"):
        return create_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            hide_parameters=True,
        )
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        hide_parameters=True,
        connect_args={"timeout": _BUSY_TIMEOUT_S, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextlib.contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A read transaction: one consistent view, never waits for writers."""
    with engine.connect() as connection:
        if not is_sqlite(engine):  # whose default is a view of its own for every statement
            connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        with connection.begin():
            yield connection


@contextlib.contextmanager
def read_once(engine: Engine) -> Iterator[Connection]:
    """For a single query, which is a consistent view by itself.

    On PostgreSQL that saves going there and back to begin and to end a transaction: a read that
    shares its interpreter with writers would wait for them each time.
    """
    with engine.connect() as connection:
        if not is_sqlite(engine):
            connection.execution_options(isolation_level="AUTOCOMMIT")
        yield connection


@contextlib.contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A write transaction: commits at the end, rolls back on an error.

    SQLite has one writer at a time, and its own wait is unfair between processes: one of two
    starves. So writers queue at a file lock first, which the kernel hands on in order.
    """
    with (
        write_lock(engine),
        engine.connect().execution_options(**{_FOR_WRITING: True}) as connection,
        connection.begin(),
    ):
        yield connection


@contextlib.contextmanager
def write_lock(engine: Engine) -> Iterator[None]:
    """Hold the fair lock of the SQLite file: for code that writes without `writing`.

    Nothing on PostgreSQL, and for a database in memory.
    """
    path = engine.url.database
    if not is_sqlite(engine) or not path or path == ":memory:":
        yield
        return
    # The name never changes: during an upgrade old and new processes queue at the same file.
    descriptor = os.open(f"{path}-turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)  # closing releases the lock


def custom_plans(engine: Engine) -> None:
    """Have PostgreSQL plan each statement for the tables as they are; nothing on SQLite.

    It would keep a plan after the fifth time, and a connection that began with an empty table goes
    on reading all of it, however large it gets, until somebody analyzes the table.
    """
    if not is_sqlite(engine):
        event.listen(engine, "connect", _forget_plans)


def is_sqlite(engine: Engine) -> bool:
    """Whether the engine is the embedded one."""
    return engine.dialect.name == "sqlite"


def check_alive(engine: Engine) -> None:
    """A readiness check: raises when the database does not answer."""
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))


def migrate(package: str, url: str, *, to: str = "head") -> None:
    """Bring the database at `url` to a version (the newest) of those in
    `<package>/migrations/versions`. Repeatable."""
    from alembic import command

    _make_folder(url)
    command.upgrade(_alembic_config(package, url), to)


def check_migrated(package: str, engine: Engine) -> None:
    """Raise NotMigrated unless the database has the newest version of the package's tables."""
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    wanted = ScriptDirectory.from_config(_alembic_config(package, "")).get_current_head()
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found != wanted:
        raise NotMigrated(
            f"{package}: the database is at version {found or 'none'}, this program needs {wanted};"
            f" run: python -m service_kit.migrate {package}"
        )


def run_migrations() -> None:
    """What `migrations/env.py` calls: run Alembic against the URL it was given.

    SQLite alters a table by making it anew, so foreign keys rest meanwhile (or dropping the old
    table would delete what refers to it) and are all checked before the commit.
    """
    from alembic import context

    engine = connect(context.config.get_main_option("sqlalchemy.url") or "")
    if is_sqlite(engine):
        event.listen(engine, "connect", _rest_foreign_keys)
    with writing(engine) as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
        if is_sqlite(engine):
            _check_foreign_keys(connection)
    engine.dispose()


def _rest_foreign_keys(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.execute("PRAGMA foreign_keys=OFF")


def _check_foreign_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise NotMigrated(f"rows of {broken[0][0]} refer to rows of {broken[0][2]} that are gone")


def _alembic_config(package: str, url: str) -> Any:
    from alembic.config import Config

    versions = Path(importlib.import_module(package).__path__[0], "migrations", "versions")
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.set_main_option("version_locations", str(versions))
    config.set_main_option("path_separator", "os")
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def _make_folder(url: str) -> None:
    path = make_url(url).database
    if not url.startswith("sqlite") or not path:
        return
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).touch()
    except OSError as error:
        raise ConfigError([f"{path}: {error.strerror}"]) from error


def _forget_plans(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.execute("SET plan_cache_mode = force_custom_plan")
    dbapi_connection.commit()


def _prepare_sqlite(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.isolation_level = None  # we say BEGIN ourselves
    cursor = dbapi_connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    for_writing = connection.get_execution_options().get(_FOR_WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if for_writing else "BEGIN")
