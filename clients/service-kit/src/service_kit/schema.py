"""A database's tables, by versions: bring them up to date, and say whether they are."""

import contextlib
import importlib
import secrets
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event, inspect
from sqlalchemy.exc import DBAPIError

from service_kit.database import answers_within, connect, is_sqlite, last_write, parsed, writing
from service_kit.errors import ConfigError, NotMigrated, StoreUnavailable
from service_kit.outage import is_outage, outages_translated
from service_kit.postgres_engine import check_engine

_DDL_WAIT_S = 5
_PROBE_WAIT_S = 1
_PROBE_ANSWER_S = 2.0
# What a thousand events take with their indexes, and, once a write has failed, what the largest
# body takes that anybody does.
_PROBE_BYTES = 4 << 20
_PROBE_BYTES_IN_DOUBT = 16 << 20
_SPILL = (
    "WITH spilled AS MATERIALIZED (SELECT repeat('x', 8192) FROM generate_series(1, %d))"
    " SELECT count(*) FROM spilled"
)
# As every write has it of its table: who has locked one against writing is noticed, no row is
# touched, and nobody is kept from anything.
_LOCK_MODE = "ROW EXCLUSIVE"
_TABLES = (
    "SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = current_schema()"
    " AND has_table_privilege(format('%I.%I', schemaname, tablename), 'UPDATE')"
)


def check_ready(package: str, engine: Engine) -> None:
    """A readiness check: raises unless the database has the package's tables and can be written to.

    Who has written lately knows by that. Else it is tried: a disk may be full, and a table locked,
    while much can be read, and little written. Whatever doesn't answer soon is not ready.
    """
    with answers_within(_PROBE_ANSWER_S):
        check_migrated(package, engine)
        written = last_write(engine)
        written.check_whole()
        if not written.passed_lately:
            with written.tried(), writing(engine, seconds=_PROBE_WAIT_S) as connection:
                _probe(connection, _PROBE_BYTES_IN_DOUBT if written.is_in_doubt else _PROBE_BYTES)
            if is_sqlite(engine):
                _shrink_log(engine)


def _probe(connection: Connection, size: int) -> None:
    """Write something that means nothing, of so many bytes."""
    if is_sqlite(connection.engine):
        _probe_sqlite(connection, size)
    else:
        _probe_postgres(connection, size)


def _probe_sqlite(connection: Connection, size: int) -> None:
    keeps = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
    # With a cache so small the pages are in the file before they are taken back.
    connection.exec_driver_sql("PRAGMA cache_size = 10")
    try:
        connection.exec_driver_sql("SAVEPOINT probe")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = zeroblob(?)", (size,))
        connection.exec_driver_sql("ROLLBACK TO probe")
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size = {keeps}")
    # A commit needs a change: a row that stays as it was is not written.
    connection.exec_driver_sql(f"PRAGMA user_version = {secrets.randbits(31)}")


def _shrink_log(engine: Engine) -> None:
    """Take back what a trial has made SQLite's write-ahead log grow by, if nobody is at it now:
    the trials of several services would fill the disk that they ask about."""
    errors: type[Exception] = engine.dialect.loaded_dbapi.Error
    pooled = engine.raw_connection()
    try:
        connection: Any = pooled.driver_connection
        (waits_ms,) = connection.execute("PRAGMA busy_timeout").fetchone()
        connection.execute("PRAGMA busy_timeout = 0")
        try:
            with contextlib.suppress(errors):
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            connection.execute(f"PRAGMA busy_timeout = {waits_ms}")
    finally:
        pooled.close()


def _probe_postgres(connection: Connection, size: int) -> None:
    connection.exec_driver_sql("SET LOCAL work_mem = '64kB'")  # what is more goes to a file
    connection.exec_driver_sql(_SPILL % (size // 8192))
    tables = connection.exec_driver_sql(_TABLES.replace("%", "%%")).scalars().all()
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_PROBE_WAIT_S}s'")
    connection.exec_driver_sql(f"LOCK TABLE {', '.join(tables)} IN {_LOCK_MODE} MODE")
    connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")


def migrate(package: str, url: str, *, to: str = "head") -> None:
    """Bring the database at `url` to a version (the newest) of those in
    `<package>/migrations/versions`. Repeatable. Raises NotMigrated for a database of another
    version's, ConfigError for a file that can't be there, StoreUnavailable."""
    from alembic import command
    from alembic.util import CommandError

    _make_folder(url)
    try:
        command.upgrade(_alembic_config(package, url), to)
    except CommandError as error:
        raise NotMigrated(f"no version that this program knows: {error}") from error


def check_migrated(package: str, engine: Engine) -> None:
    """Raise NotMigrated unless the database has the newest version of the package's tables, and
    StoreUnavailable when it doesn't answer."""
    wanted = newest_version(package)
    with outages_translated(), engine.connect() as connection:
        found = _version_of(connection)
    if found != wanted:
        raise NotMigrated(
            f"{package}: the database is at version {found or 'none'}, this program needs {wanted};"
            f" run: python -m {__package__}.migrate {package}"
        )


def check_start(package: str, url: str) -> None:
    """What a process asks before it starts. Raises NotMigrated, or ConfigError for a file that
    can't be there.

    A database that can't be used now is no reason to end: who starts meanwhile answers that it
    isn't ready, and works once the database does.
    """
    engine = connect(url)
    folder = Path(engine.url.database or "").parent
    if is_sqlite(engine) and not folder.is_dir():
        raise ConfigError([f"{package}: there is no folder {folder} for its database"])
    try:
        with contextlib.suppress(StoreUnavailable):
            if not is_sqlite(engine):
                check_engine(package, engine)
            check_migrated(package, engine)
    finally:
        engine.dispose()


def run_migrations() -> None:
    """What `migrations/env.py` calls: run Alembic against the URL it was given.

    SQLite alters a table by making it anew, so foreign keys rest meanwhile (or dropping the old
    table would delete what refers to it) and are all checked before the commit.
    """
    from alembic import context

    # An index of a large table takes as long as it takes.
    engine = connect(context.config.get_main_option("sqlalchemy.url") or "", waits_for_ever=True)
    if is_sqlite(engine):
        event.listen(engine, "connect", _rest_foreign_keys)
    with writing(engine) as connection:
        if not is_sqlite(engine):
            _wait_for_others(connection)
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
        if is_sqlite(engine):
            _check_foreign_keys(connection)
    engine.dispose()


def _wait_for_others(connection: Connection) -> None:
    """One migrates at a time, on whatever host a release runs; who comes second finds it done."""
    connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtextextended('migrate', 0))")
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_DDL_WAIT_S}s'")


def _rest_foreign_keys(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.execute("PRAGMA foreign_keys=OFF")


def _check_foreign_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise NotMigrated(f"rows of {broken[0][0]} refer to rows of {broken[0][2]} that are gone")


# Only who migrates imports Alembic: in every other process it would be a sixth of its memory.
@cache
def newest_version(package: str) -> str | None:
    """The number of the package's newest version, which the names of their files begin with."""
    files = _versions_of(package).glob("[0-9]*_*.py")
    return max((file.name.partition("_")[0] for file in files), default=None)


def _version_of(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    try:
        found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    except DBAPIError as error:
        if is_outage(error):
            raise
        return None  # somebody else's table
    return None if found is None else str(found)


def _versions_of(package: str) -> Path:
    return Path(importlib.import_module(package).__path__[0], "migrations", "versions")


def _alembic_config(package: str, url: str) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.set_main_option("version_locations", str(_versions_of(package)))
    config.set_main_option("path_separator", "os")
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def _make_folder(url: str) -> None:
    path = parsed(url).database
    if not url.startswith("sqlite") or not path:
        return
    try:
        Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        Path(path).touch()
        Path(path).chmod(0o600)  # SQLite makes -wal and -shm alike
    except OSError as error:
        raise ConfigError([f"{path}: {error.strerror}"]) from error
