"""One private PostgreSQL cluster for a test run, and fresh databases in it for its tests."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from service_kit.schema import migrate

from tests.needs import missing
from tests.ram_disk import ram_disk
from tests.shared import Shared
from tests.sockets import free_port
from tests.waiting import wait_for

_numbers = count(1)
_HASTY = ("fsync=off", "full_page_writes=off", "max_wal_size=64MB")


def find_initdb() -> Path | None:
    """The newest `initdb` of this machine: on the path, or where Debian puts it."""
    on_path = shutil.which("initdb")
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    return Path(on_path) if on_path else installed[-1] if installed else None


@contextmanager
def cluster(initdb: Path, *, hasty: bool = False) -> Iterator[str]:
    """Run a server on a free port of loopback; yields the URL of its `postgres` database. A hasty
    one waits for no disk, and has none where there is memory for it."""
    url, folder = start(initdb, *_HASTY, within=ram_disk()) if hasty else start(initdb)
    try:
        yield url
    finally:
        stop(initdb, folder)


def start(initdb: Path, *options: str, within: str | None = None) -> tuple[str, str]:
    """Start a server; the URL of its `postgres` database and the folder of its files, which is made
    `within` another or where temporary files are.

    PostgreSQL refuses to run as root, so then it runs as the user `postgres`.
    """
    folder = Path(tempfile.mkdtemp(prefix="gavel-postgres-", dir=within))
    data, port = folder / "data", free_port()
    configured = ["listen_addresses=127.0.0.1", "max_connections=200", *options]
    arguments = " ".join([f"-p {port} -k {folder}", *(f"-c {option}" for option in configured)])
    pg_ctl = initdb.with_name("pg_ctl")
    try:
        folder.chmod(0o700)
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        _run(initdb, "-D", data, "-U", "gavel", "-A", "trust", "-E", "UTF8", "--no-sync")
        _run(pg_ctl, "-D", data, "-w", "-l", folder / "log", "-o", arguments, "start")
    except BaseException:
        shutil.rmtree(folder)
        raise
    return f"postgresql://gavel@127.0.0.1:{port}/postgres", str(folder)


def stop(initdb: Path, folder: str) -> None:
    """Stop the server whose files are in this folder, and delete them."""
    try:
        _run(initdb.with_name("pg_ctl"), "-D", f"{folder}/data", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_cluster(shared: Shared) -> Iterator[str]:
    """The run's cluster: the first worker that needs it starts it, the last one stops it.

    Nobody cuts its power, so it doesn't wait for the disk, and keeps its files where the tests keep
    theirs, mostly in memory: it makes a database for nearly every test, of some 300 files. Without
    PostgreSQL the tests that need it are skipped; in CI they fail.
    """
    initdb = find_initdb()
    if initdb is None:
        missing("needs PostgreSQL (initdb)")
    with shared.used(
        "postgres",
        start=lambda: start(initdb, *_HASTY, within=os.environ.get("PYTEST_DEBUG_TEMPROOT")),
        stop=lambda started: stop(initdb, started[1]),
    ) as (url, _):
        yield url


@pytest.fixture
def postgres_url(postgres_cluster: str) -> Iterator[str]:
    """The URL of a fresh, empty database."""
    with fresh_database(postgres_cluster) as url:
        yield url


@contextmanager
def fresh_database(cluster_url: str, service: str = "") -> Iterator[str]:
    """Create a database of the cluster and yield its URL; dropped after.

    It is empty, or has the tables of a service: copied from one that is migrated once a run.
    """
    name = f"test_{os.getpid()}_{next(_numbers)}"
    template = _migrated(cluster_url, service) if service else "template1"
    with psycopg.connect(cluster_url, autocommit=True) as connection:
        _copy(connection, template, name)
        yield cluster_url.removesuffix("postgres") + name
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@contextmanager
def away(url: str) -> Iterator[None]:
    """A database that breaks every connection and lets nobody in, as a server that restarts."""
    cluster_url, _, name = url.rpartition("/")
    with psycopg.connect(f"{cluster_url}/postgres", autocommit=True) as connection:
        allow = f"ALTER DATABASE {name} ALLOW_CONNECTIONS"
        connection.execute(f"{allow} false".encode())
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        try:
            yield
        finally:
            connection.execute(f"{allow} true".encode())


@contextmanager
def hanging(url: str) -> Iterator[None]:
    """A database none of whose sessions answers, as when its machine or its disk hangs."""
    cluster_url, _, name = url.rpartition("/")
    with psycopg.connect(f"{cluster_url}/postgres", autocommit=True) as connection:
        found = connection.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s", [name])
        stopped = [pid for (pid,) in found]
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in stopped:
                os.kill(pid, signal.SIGCONT)


@contextmanager
def backup(url: str) -> Iterator[str]:
    """A copy of a database as it is now, by name, to `restore`; dropped after."""
    cluster_url, _, name = url.rpartition("/")
    copy = f"{name}_copy"
    with away(url), psycopg.connect(f"{cluster_url}/postgres", autocommit=True) as connection:
        _copy(connection, name, copy)
    try:
        yield copy
    finally:
        with psycopg.connect(f"{cluster_url}/postgres", autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {copy}".encode())


def restore(url: str, copy: str) -> None:
    """Put a copy into the place of a database, under whoever uses it."""
    cluster_url, _, name = url.rpartition("/")
    with psycopg.connect(f"{cluster_url}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
        _copy(connection, copy, name)


@contextmanager
def read_only(url: str) -> Iterator[None]:
    """A database whose sessions, new ones from now on, may only read."""
    cluster_url, _, name = url.rpartition("/")
    setting = f"ALTER DATABASE {name} SET default_transaction_read_only"
    with away(url), psycopg.connect(f"{cluster_url}/postgres", autocommit=True) as connection:
        connection.execute(f"{setting} = on".encode())
    yield
    with away(url), psycopg.connect(f"{cluster_url}/postgres", autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only".encode())


def _copy(connection: psycopg.Connection[Any], name: str, copy: str) -> None:
    """Copy a database file by file: what the server does otherwise since its version 15, page by
    page through its log, takes twice the time for one that is nearly empty."""
    how = "STRATEGY FILE_COPY" if connection.info.server_version >= 150_000 else ""

    def copied() -> bool:
        # Who was connecting when all sessions were ended is in none of them, and there now.
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        try:
            connection.execute(f"CREATE DATABASE {copy} TEMPLATE {name} {how}".encode())
        except psycopg.errors.ObjectInUse:
            return False
        return True

    wait_for(copied, what=f"nobody at {name}")


@cache
def _migrated(cluster_url: str, service: str) -> str:
    """The cluster's database to copy from, made by whoever asks for it first."""
    name = f"migrated_{service}"
    with psycopg.connect(cluster_url, autocommit=True) as connection:
        # Held until this connection closes, so that one process migrates and the others wait.
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        made = connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone()
        if made is None:
            connection.execute(f"CREATE DATABASE {name}".encode())
            migrate(service, cluster_url.removesuffix("postgres") + name)
    return name


def _run(program: Path, *arguments: object) -> None:
    done = subprocess.run(
        [str(program), *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        **_not_as_root(),
    )
    if done.returncode:
        raise RuntimeError(f"{program.name} failed: {done.stdout}{done.stderr}")


def _not_as_root() -> dict[str, Any]:
    if os.getuid() != 0:
        return {}
    return {"user": "postgres", "group": "postgres", "extra_groups": []}


def _version(initdb: Path) -> int:
    number = initdb.parent.parent.name
    return int(number) if number.isdigit() else 0
