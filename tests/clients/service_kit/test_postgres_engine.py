"""What speaks PostgreSQL's protocol and lacks what events rest on is refused in one line."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from service_kit.database import connect, database_url, parsed
from service_kit.errors import ConfigError, NotMigrated
from service_kit.postgres_engine import check_engine
from service_kit.schema import check_start
from sqlalchemy import make_url

from tests.sockets import free_port
from tests.waiting import wait_for

pytestmark = pytest.mark.slow


def refusal(url: str) -> str | None:
    """Why an engine is refused; None when it isn't."""
    engine = connect(url)
    try:
        check_engine("shop", engine)
    except ConfigError as error:
        return str(error)
    finally:
        engine.dispose()
    return None


def test_postgresql_is_taken(postgres_url: str) -> None:
    assert refusal(postgres_url) is None


@pytest.mark.parametrize(
    "version", ["CockroachDB CCL v23.1.14 (x86_64)", "PostgreSQL 11.2-YB-2.20.1.0-b0 on x86_64"]
)
def test_what_is_no_postgresql_is_refused(postgres_url: str, version: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA other")
        connection.execute(
            f"CREATE FUNCTION other.version() RETURNS text LANGUAGE sql AS $$ SELECT '{version}' $$"
        )
        name = connection.info.dbname
        connection.execute(f"ALTER DATABASE {name} SET search_path = other, pg_catalog, public")
    said = refusal(postgres_url)
    assert said is not None
    assert said.splitlines() == [f"shop: the database is no PostgreSQL: {version[:60]}"]


def test_who_may_not_start_leaves_no_session(postgres_url: str) -> None:
    others = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'gavel'"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        here = f"{others} AND datname = current_database()"

        def sessions() -> int:
            (count,) = connection.execute(here).fetchone() or (0,)
            return int(count)

        with pytest.raises(NotMigrated) as kept:  # with its frames, as a log does
            check_start("bids_service", postgres_url)
        wait_for(lambda: sessions() == 0, what="the sessions to end")
        assert kept.value


@contextmanager
def pooled(url: str, mode: str, folder: Path) -> Iterator[str]:
    """The same database behind pgbouncer."""
    if shutil.which("pgbouncer") is None:
        pytest.skip("needs pgbouncer")
    place, port = make_url(url), free_port()
    folder.chmod(0o755)
    config = folder / "pgbouncer.ini"
    (folder / "users").write_text(f'"{place.username}" ""\n')
    config.write_text(
        f"[databases]\n* = host={place.host} port={place.port}\n[pgbouncer]\npool_mode = {mode}\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = trust\n"
        f"auth_file = {folder}/users\n"
    )
    as_root = ["-u", "postgres"] if os.getuid() == 0 else []
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(["pgbouncer", *as_root, config], stdout=log, stderr=log)
    through = place.set(port=port).render_as_string(hide_password=False)

    def answers() -> bool:
        try:
            psycopg.connect(through, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    try:
        wait_for(answers, what="pgbouncer")
        yield through
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def open_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that another user may enter."""
    path = Path("/tmp", f"gavel-pooled-{os.getpid()}")
    path.mkdir()
    yield path
    shutil.rmtree(path)


def test_a_pooler_that_gives_a_session_to_each_transaction_is_refused(
    postgres_url: str, open_folder: Path
) -> None:
    with pooled(postgres_url, "transaction", open_folder) as url:
        said = refusal(url)
    assert said is not None
    assert "pool_mode=transaction" in said
    assert len(said.splitlines()) == 1


def test_a_pooler_that_gives_a_session_to_each_client_is_taken(
    postgres_url: str, open_folder: Path
) -> None:
    with pooled(postgres_url, "session", open_folder) as url:
        assert refusal(url) is None


def test_a_url_may_name_several_hosts_and_the_one_that_takes_writes_is_used(
    postgres_url: str,
) -> None:
    place = make_url(postgres_url)
    nobody = free_port()
    url = f"postgresql://gavel@127.0.0.1:{nobody},127.0.0.1:{place.port}/{place.database}"
    assert database_url(url) == url
    engine = connect(url)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW application_name").scalar_one() == "gavel"
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("postgresql://u:p@a:1,b:2/n", ("a:1", "b:2")),
        ("postgresql+psycopg://u@a,b:2/n?connect_timeout=3", ("a:5432", "b:2")),
        ("postgresql://a,b,c/n", ("a:5432", "b:5432", "c:5432")),
    ],
)
def test_hosts_are_read_as_libpq_has_them(url: str, hosts: tuple[str, ...]) -> None:
    assert parsed(url).query["host"] == hosts
    assert parsed(url).database == "n"
    assert database_url(url) == url


def test_a_port_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"must be|host"):
        database_url("postgresql://u@a:x,b:2/n")
