"""What only the log on PostgreSQL has: connections that break, notifications across machines."""

import select
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from service_kit.tokens import digest

from bus.storage import Listener, Storage
from tests.bus.samples import publication
from tests.waiting import wait_for


@pytest.fixture
def url(postgres_database: str) -> str:
    return postgres_database


@pytest.fixture
def ada(storage: Storage) -> int:
    storage.clients.add_token("ada", digest("ada"))
    return storage.clients.find(digest("ada"))[1].id


@pytest.fixture
def listeners(storage: Storage) -> Iterator[list[Listener]]:
    """Two listeners that listen and were not woken yet."""
    made = [storage.log.listener(), storage.log.listener()]
    for listener in made:
        wait_for(lambda: is_woken(listener))  # noqa: B023 - called now; woken once as it begins
    yield made
    for listener in made:
        listener.close()


def is_woken(listener: Listener, timeout_s: float = 5) -> bool:
    ready, _, _ = select.select([listener], [], [], timeout_s)
    listener.take()
    return bool(ready)


def break_connections(url: str) -> None:
    """What a restart of the server does to whoever is connected; when this returns it has."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_every_listener_hears_an_append_and_a_notification(
    storage: Storage, ada: int, listeners: list[Listener]
) -> None:
    storage.log.append([publication(ada, "https://x.example/1")])
    assert [is_woken(listener) for listener in listeners] == [True, True]
    storage.log.notify()
    assert [is_woken(listener) for listener in listeners] == [True, True]
    assert [is_woken(listener, timeout_s=0) for listener in listeners] == [False, False]


def test_a_bell_goes_on_listening_after_its_connection_broke(
    url: str, storage: Storage, ada: int, listeners: list[Listener]
) -> None:
    listener = listeners[0]
    before = listener.fileno()
    break_connections(url)
    assert is_woken(listener)  # it can't know what it missed
    assert listener.fileno() == before
    storage.log.append([publication(ada, "https://x.example/1")])
    assert is_woken(listener)


def test_a_log_whose_connection_broke_opens_another(url: str, storage: Storage, ada: int) -> None:
    storage.log.append([publication(ada, "https://x.example/1")])
    break_connections(url)
    assert storage.log.last_position() == 1
    break_connections(url)
    storage.log.append([publication(ada, "https://x.example/2")])
    assert [event.position for event in storage.log.read_after(0, None, 9)] == [1, 2]


@pytest.mark.parametrize("count", [1, 7, 8, 9, 100])
def test_few_rows_and_many_are_stored_alike(storage: Storage, ada: int, count: int) -> None:
    urls = [f"https://x.example/{number}" for number in range(count)]
    storage.log.append([publication(ada, *urls), publication(ada, "https://x.example/last")])
    assert [event.url for event in storage.log.read_after(0, None, 200)] == [
        *urls,
        "https://x.example/last",
    ]
    entities = storage.entity_index.after(0, None, 200)
    assert [(topic, type, url) for topic, type, url, _ in entities] == [
        ("bids", "create", url) for url in (*urls, "https://x.example/last")
    ]
    assert [position for *_, position in entities] == list(range(1, count + 2))


def test_a_listener_that_is_closed_or_hangs_up_has_no_connection(
    url: str, storage: Storage
) -> None:
    def listening() -> int:
        with psycopg.connect(url) as connection:
            (count,) = connection.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
            ).fetchone() or (0,)
        return int(count)

    def listens_anew() -> bool:
        is_woken(listener, timeout_s=0)
        return listening() == 1

    listener = storage.log.listener()
    for _ in range(2):
        listener.fileno()
        assert is_woken(listener)  # once as it begins
        break_connections(url)
        assert is_woken(listener)
        wait_for(listens_anew)
        listener.close()
        wait_for(lambda: listening() == 0)


def test_a_trim_waits_for_whoever_appends(url: str, storage: Storage, ada: int) -> None:
    """Both change rows of entities, each in an order of its own: side by side they lock up."""
    storage.log.append([publication(ada, *(f"https://x.example/{n}" for n in range(3)))])
    with (
        ThreadPoolExecutor(1) as pool,
        psycopg.connect(url) as appending,
        psycopg.connect(url, autocommit=True) as looking,
    ):
        appending.execute("SELECT pg_advisory_xact_lock(7023316912764)")
        trimmed = pool.submit(storage.log.trim, 3)

        def waits() -> bool:
            row = looking.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
                " WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted"
            ).fetchone()
            return trimmed.done() or row == (1,)

        wait_for(waits)
        was_done = trimmed.done()
        appending.rollback()
        assert (was_done, trimmed.result(timeout=20)) == (False, 2)
