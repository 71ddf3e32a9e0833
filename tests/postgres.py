"""A private PostgreSQL cluster for a test run, and a fresh database in it for a test."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.needs import missing
from tests.sockets import free_port

_numbers = count(1)


def find_initdb() -> Path | None:
    """The newest `initdb` of this machine: on the path, or where Debian puts it."""
    on_path = shutil.which("initdb")
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    return Path(on_path) if on_path else installed[-1] if installed else None


@contextmanager
def cluster(initdb: Path, *, durable: bool = True) -> Iterator[str]:
    """Run a server on a free port of loopback; yields the URL of its `postgres` database.

    PostgreSQL refuses to run as root, so then it runs as the user `postgres`. Where nobody
    measures it or kills it, it needn't be durable: then it doesn't wait for the disk.
    """
    folder = Path(tempfile.mkdtemp(prefix="gavel-postgres-"))
    try:
        folder.chmod(0o700)
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        data, port = folder / "data", free_port()
        _run(initdb, "-D", data, "-U", "gavel", "-A", "trust", "-E", "UTF8", "--no-sync")
        pg_ctl = initdb.with_name("pg_ctl")
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c max_connections=200"
        options += "" if durable else " -c fsync=off"
        _run(pg_ctl, "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            yield f"postgresql://gavel@127.0.0.1:{port}/postgres"
        finally:
            _run(pg_ctl, "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[str]:
    """The run's cluster. Without PostgreSQL the tests that need it are skipped; in CI they fail."""
    initdb = find_initdb()
    if initdb is None:
        missing("needs PostgreSQL (initdb)")
    with cluster(initdb, durable=False) as url:
        yield url


@pytest.fixture
def postgres_url(postgres_cluster: str) -> Iterator[str]:
    """The URL of a fresh, empty database."""
    with fresh_database(postgres_cluster) as url:
        yield url


@contextmanager
def fresh_database(cluster_url: str) -> Iterator[str]:
    """Create a database of the cluster and yield its URL; dropped after."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(cluster_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield cluster_url.removesuffix("postgres") + name
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


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
