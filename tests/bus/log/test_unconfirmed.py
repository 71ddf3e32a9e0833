"""A commit that waits for a standby and is told to wait no longer: nobody knows whether it lasts,
so nobody hears that it is done."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest
from flask.testing import FlaskClient
from service_kit.errors import StoreUnavailable
from service_kit.tokens import digest

from bus.storage import Storage
from tests.bus.conftest import ROOT_KEY
from tests.bus.samples import publication
from tests.needs import missing
from tests.postgres import find_initdb, fresh_database, start, stop
from tests.waiting import wait_for

pytestmark = pytest.mark.slow
_WAITING = "FROM pg_stat_activity WHERE wait_event = 'SyncRep'"


@pytest.fixture(scope="module")
def cluster_url() -> Iterator[str]:
    initdb = find_initdb()
    if initdb is None:
        missing("needs PostgreSQL (initdb)")
    missing_standby = "synchronous_standby_names=nobody"
    # Who relies on the default waits for none; who wants it on a standby waits for ever.
    url, folder = start(initdb, "fsync=off", "synchronous_commit=local", missing_standby)
    yield url
    stop(initdb, folder)


@pytest.fixture
def url(cluster_url: str) -> Iterator[str]:
    with fresh_database(cluster_url, "bus") as url:
        yield url


def set_level(url: str, level: str, storage: Storage) -> None:
    """What sessions of this database wait for from now on, if they don't say."""
    with psycopg.connect(url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = {level}")
    storage.engine.dispose()


@pytest.fixture
def ada(storage: Storage, url: str) -> int:
    # Which life of the log this is, whoever connects first writes down, durably.
    with waits_cancelled(url), pytest.raises(StoreUnavailable):
        storage.log.last_position()
    storage.clients.add_token("ada", digest("ada"))
    return storage.clients.find(digest("ada"))[1].id


@contextmanager
def waits_cancelled(url: str) -> Iterator[None]:
    """Who waits for a standby is told to go on, once; fails when nobody waited."""

    def cancelled() -> bool:
        with psycopg.connect(url, autocommit=True) as connection:
            return bool(connection.execute(f"SELECT pg_cancel_backend(pid) {_WAITING}").fetchall())

    with ThreadPoolExecutor(1) as canceller:
        done = canceller.submit(wait_for, cancelled, what="somebody who waits for a standby")
        yield
        done.result()


def test_an_append_whose_wait_for_a_standby_is_cancelled_is_not_acknowledged(
    storage: Storage, url: str, ada: int
) -> None:
    for number in (1, 2):
        with waits_cancelled(url), pytest.raises(StoreUnavailable, match="nobody knows"):
            storage.log.append([publication(ada, f"https://x.example/{number}")])
    assert [event.position for event in storage.log.read_after(0, None, 9)] == [1, 2]


@pytest.mark.parametrize(
    ("level", "used"),
    [("off", "on"), ("local", "on"), ("remote_write", "remote_write"), ("on", "on")],
)
def test_an_append_waits_for_a_standby_a_settlement_does_not_and_neither_changes_its_session(
    storage: Storage, url: str, ada: int, level: str, used: str
) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE levels (level text)")
        connection.execute(
            "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " INSERT INTO levels VALUES (current_setting('synchronous_commit')); RETURN NEW;"
            " END $$"
        )
        for table in ("events", "pushers"):
            connection.execute(
                f"CREATE TRIGGER note AFTER INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION note()"
            )
        set_level(url, level, storage)
        with storage._driver.writing() as statements:
            statements.run("INSERT INTO pushers (id, beat, seen_at_ms) VALUES (?, 0, 0)", ("p",))
        with waits_cancelled(url), pytest.raises(StoreUnavailable):
            storage.log.append([publication(ada, "https://x.example/1")])
        levels = connection.execute("SELECT level FROM levels").fetchall()
    assert levels == [("off",), (used,)]
    assert storage._driver.rows("SHOW synchronous_commit") == [(level,)]
    assert storage.log._rows("SHOW synchronous_commit", ()) == [(level,)]  # type: ignore[attr-defined]


def test_an_append_does_not_wait_for_whoever_notifies(storage: Storage, url: str, ada: int) -> None:
    """PostgreSQL lets one transaction of a server notify at a time, until it has committed."""

    def waiting() -> int:
        with psycopg.connect(url, autocommit=True) as connection:
            return len(connection.execute(f"SELECT pid {_WAITING}").fetchall())

    def notify() -> None:
        with psycopg.connect(url) as connection:
            connection.execute("SET synchronous_commit = on")
            connection.execute("CREATE TABLE anything (n int)")
            connection.execute("NOTIFY anybody")

    def append() -> None:
        with pytest.raises(StoreUnavailable):
            storage.log.append([publication(ada, "https://x.example/1")])

    threads = [threading.Thread(target=notify), threading.Thread(target=append)]
    for number, thread in enumerate(threads, start=1):
        thread.start()
        wait_for(lambda: waiting() == number, what="who waits for a standby")  # noqa: B023
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"SELECT pg_cancel_backend(pid) {_WAITING}")
    for thread in threads:
        thread.join()


def test_a_call_whose_commit_is_in_doubt_is_answered_503(
    storage: Storage, api: FlaskClient, url: str
) -> None:
    set_level(url, "on", storage)
    with waits_cancelled(url):
        answer = api.post("/api_tokens", json={"name": "eve"}, auth=(ROOT_KEY, ""))
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
