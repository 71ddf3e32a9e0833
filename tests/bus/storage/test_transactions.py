import pytest

from bus.storage import Storage


@pytest.fixture
def url(sqlite_file: str) -> str:
    return sqlite_file


def test_what_is_appended_on_sqlite_is_on_disk_when_it_is_committed(storage: Storage) -> None:
    with storage._driver.appending() as statements:
        assert statements.rows("PRAGMA synchronous") == [(2,)]
    with storage._driver.writing() as statements:
        assert statements.rows("PRAGMA synchronous") == [(1,)]
