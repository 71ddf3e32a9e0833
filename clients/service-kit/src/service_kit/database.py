"""SQLite or PostgreSQL by URL, with transactions that behave alike on both."""

import contextlib
import os
import re
from collections.abc import Iterator
from contextvars import ContextVar
from importlib.util import find_spec
from typing import Any
from urllib.parse import unquote
from weakref import WeakKeyDictionary, WeakSet

from sqlalchemy import (
    URL,
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    cast,
    create_engine,
    event,
    func,
    literal,
    make_url,
)
from sqlalchemy.exc import ArgumentError

from service_kit.clock import Clock
from service_kit.compat.sqlite3 import (
    AnyTextConnection,
    checking_text,
    read_blobs_as_text,
    read_json,
)
from service_kit.last_write import LastWrite
from service_kit.outage import outages_translated
from service_kit.places import check_file
from service_kit.write_lock import queue_of

# Every wait for the database has an end: for its answer to a connection, for a free connection,
# for its locks. Who was asked answers 503 then, where a thread would hang.
_WAIT_S = 5
_ANSWER_S = 20.0
_LONG_ANSWER_S = 600.0
_PORT = re.compile(r":[0-9]+$")
_FOR_WRITING = "gavel_for_writing"
_answer_s = ContextVar("answer_s", default=_ANSWER_S)
_engines: WeakSet[Engine] = WeakSet()
_inherited: list[Any] = []
_last_writes: WeakKeyDictionary[Engine, LastWrite] = WeakKeyDictionary()


def database_url(url: str) -> str:
    """Check a database URL (a parser for settings). Raises ValueError."""
    if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise ValueError("must be sqlite:///PATH or postgresql://USER@HOST/NAME")
    if "\0" in unquote(url):
        raise ValueError("holds a character that no path has")
    try:
        made = parsed(url)
    except (ValueError, ArgumentError) as error:
        raise ValueError("must be sqlite:///PATH or postgresql://USER@HOST:PORT/NAME") from error
    if url.startswith("sqlite"):
        _check_sqlite(made)
        return url
    if find_spec("psycopg") is None:
        raise ValueError("needs the driver: pip install 'psycopg[binary]'")
    from service_kit.compat.libpq import check_options

    check_options(made)
    return url


def _check_sqlite(made: URL) -> None:
    if made.query:
        raise ValueError("has options, which SQLite takes none of")
    if not made.database:
        raise ValueError("names no file")
    if made.database != ":memory:":
        check_file(made.database)


def parsed(url: str) -> URL:
    """A database URL; PostgreSQL's may name several hosts, as libpq has it, with commas between.
    Raises ValueError or ArgumentError."""
    scheme, _, rest = url.partition("://")
    place, slash, name = rest.partition("/")
    user, at, hosts = place.rpartition("@")
    if scheme.startswith("sqlite") or "," not in hosts:
        return make_url(url)
    each = tuple(host if _PORT.search(host) else f"{host}:5432" for host in hosts.split(","))
    return make_url(f"{scheme}://{user}{at}{slash}{name}").update_query_dict({"host": each})


def connect(url: str, *, waits_for_ever: bool = False) -> Engine:
    """An engine for the database at `url`. Opens nothing yet.

    A PostgreSQL that does not answer a statement within 20 s is away, unless who asked
    `waits_for_ever`, or does it `patiently`. A cell of SQLite's that should be text and is none
    shows as `\\xff`, where it would fail whatever else is read with it.

    On SQLite every commit is on disk before it returns (WAL, synchronous=FULL). An error of the
    database names the statement but not its values, for they may be secret. May be made before a
    fork: the child opens connections of its own.
    """
    is_file = url.startswith("sqlite")
    engine = create_engine(
        parsed(url),
        pool_size=20,  # none that comes back is closed: to open one takes milliseconds
        max_overflow=0,
        pool_timeout=_WAIT_S,
        pool_use_lifo=True,
        pool_pre_ping=not is_file,
        hide_parameters=True,
        json_deserializer=read_json,
        connect_args=_sqlite_arguments() if is_file else _postgres_arguments(url),
    )
    if is_file:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        read_blobs_as_text(engine.dialect)
    else:
        _expect_answers(engine, waits_for_ever=waits_for_ever)
    _engines.add(engine)
    return engine


@contextlib.contextmanager
def patiently() -> Iterator[None]:
    """Around statements that go through all there is: PostgreSQL may take ten minutes for each."""
    with answers_within(_LONG_ANSWER_S):
        yield


@contextlib.contextmanager
def answers_within(seconds: float) -> Iterator[None]:
    """Around statements that PostgreSQL has so long to answer, each of them."""
    before = _answer_s.set(seconds)
    try:
        yield
    finally:
        _answer_s.reset(before)


@contextlib.contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A read transaction: one consistent view, never waits for writers. Raises StoreUnavailable."""
    with outages_translated(), engine.connect() as connection:
        if not is_sqlite(engine):  # whose default is a view of its own for every statement
            connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        with connection.begin():
            yield connection


@contextlib.contextmanager
def as_stored(connection: Connection) -> Iterator[None]:
    """Around reads for which a text that is no UTF-8 is an error of the driver's."""
    if connection.dialect.name != "sqlite":
        yield
        return
    with checking_text(connection.connection.driver_connection):
        yield


@contextlib.contextmanager
def read_once(engine: Engine) -> Iterator[Connection]:
    """For a single query, which is a consistent view by itself. Raises StoreUnavailable.

    On PostgreSQL that saves going there and back to begin and to end a transaction: a read that
    shares its interpreter with writers would wait for them each time.
    """
    with outages_translated(), engine.connect() as connection:
        if not is_sqlite(engine):
            connection.execution_options(isolation_level="AUTOCOMMIT")
        yield connection


@contextlib.contextmanager
def writing(engine: Engine, *, seconds: float = _WAIT_S) -> Iterator[Connection]:
    """A write transaction: commits at the end, rolls back on an error. Raises StoreUnavailable,
    also when its turn does not come within so many seconds."""
    with (
        write_lock(engine, seconds=seconds),
        engine.connect().execution_options(**{_FOR_WRITING: True}) as connection,
        connection.begin(),
    ):
        yield connection


@contextlib.contextmanager
def write_lock(engine: Engine, *, seconds: float | None = _WAIT_S) -> Iterator[None]:
    """What every write happens in, also of code that writes without `writing`: it holds the fair
    lock of a SQLite file, its outcome is noted for `check_ready`, and what says that the database
    can't be written to is raised as StoreUnavailable. Without `seconds` the lock isn't waited for:
    raises WriteLockTaken where somebody has it.
    """
    with last_write(engine).noted(), outages_translated(), _turn(engine, seconds):
        yield


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


def last_write(engine: Engine) -> LastWrite:
    """What became of this process's last write there."""
    return _last_writes.setdefault(engine, LastWrite())


def clock_of(engine: Engine, now_ms: Clock) -> ColumnElement[int]:
    """The time in ms as the database has it: one clock for all machines that share it. An
    embedded database has that of its machine, `now_ms`."""
    if is_sqlite(engine):
        return literal(now_ms(), BigInteger)
    return cast(func.floor(func.extract("epoch", func.clock_timestamp()) * 1000), BigInteger)


def _sqlite_arguments() -> dict[str, Any]:
    return {"timeout": _WAIT_S, "check_same_thread": False, "factory": AnyTextConnection}


def _postgres_arguments(url: str) -> dict[str, Any]:
    from service_kit.compat.psycopg import WAITS  # only PostgreSQL has its driver

    said, defaults = parsed(url).query, {"application_name": "gavel", **WAITS}
    return {name: value for name, value in defaults.items() if name not in said}


def _expect_answers(engine: Engine, *, waits_for_ever: bool) -> None:
    from service_kit.compat.psycopg import expecting, prepare

    event.listen(engine, "connect", lambda connection, _record: prepare(connection))
    _ping_quickly(engine)
    kind = expecting((lambda: None) if waits_for_ever else _answer_s.get)
    event.listen(engine, "do_connect", lambda _d, _r, args, named: kind.connect(*args, **named))


def _ping_quickly(engine: Engine) -> None:
    """Who hasn't just answered is asked whether it lives, for as long as a new one may take."""
    dialect: Any = engine.dialect
    ping = dialect.do_ping

    def quick(dbapi_connection: Any) -> Any:
        if dbapi_connection.has_answered_lately():
            return True
        with answers_within(min(_WAIT_S, _answer_s.get())):
            return ping(dbapi_connection)

    dialect.do_ping = quick


def _forget_plans(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.execute("SET plan_cache_mode = force_custom_plan")
    dbapi_connection.commit()


def _prepare_sqlite(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
        dbapi_connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get(_FOR_WRITING):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:  # touches no file, and SQLAlchemy would take longer than SQLite does for the query
        driver: Any = connection.connection.driver_connection
        driver.execute("BEGIN")


def _turn(engine: Engine, seconds: float | None) -> contextlib.AbstractContextManager[None]:
    queue = queue_of(engine.url.database) if is_sqlite(engine) else None
    if queue is None:
        return contextlib.nullcontext()
    return queue.turn_if_free() if seconds is None else queue.turn(seconds)


def _begin_anew() -> None:
    """In a forked child: what was opened is the parent's, and is never closed here, for closing
    would say goodbye to PostgreSQL, or let go of SQLite's locks, in its name."""
    for engine in list(_engines):
        _inherited.append(engine.pool)
        engine.dispose(close=False)
    _last_writes.clear()


os.register_at_fork(after_in_child=_begin_anew)
