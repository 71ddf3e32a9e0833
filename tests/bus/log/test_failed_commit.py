"""A COMMIT that fails is told, nothing of it is stored, and what comes after it is not harmed."""

import dataclasses
from pathlib import Path

import pytest
from service_kit.errors import StoreUnavailable
from service_kit.tokens import digest

from bus.model.event import PublishKey
from bus.storage import Storage
from tests.bus.samples import publication
from tests.faults import commits_failing, full_disk

URLS = ["https://x.example/1", "https://x.example/2"]


@pytest.fixture
def ada(storage: Storage) -> int:
    storage.clients.add_token("ada", digest("ada"))
    return storage.clients.find(digest("ada"))[1].id


def stored(storage: Storage) -> list[tuple[int, str]]:
    return [(event.position, event.url) for event in storage.log.read_after(0, None, 2_000)]


@pytest.mark.parametrize("table", ["events", "topics", "publish_keys"])
@pytest.mark.parametrize("count", [1, 9])  # few rows and many go different ways
def test_an_append_raises_stores_nothing_and_the_next_one_works(
    storage: Storage, url: str, ada: int, table: str, count: int
) -> None:
    urls = [f"https://x.example/{number}" for number in range(count)]
    with commits_failing(url, table):
        for _ in range(2):
            keyed = dataclasses.replace(publication(ada, *urls), key=PublishKey("k", b"f"))
            with pytest.raises(Exception, match=r"doomed|FOREIGN KEY"):
                storage.log.append([publication(ada, URLS[1], topic="other"), keyed])
        assert stored(storage) == []
        assert storage.topics.all() == []
    storage.log.append([keyed, publication(ada, *URLS)])
    assert len(stored(storage)) == count + 2


def test_a_trim_that_fails_forgets_nothing(storage: Storage, url: str, ada: int) -> None:
    storage.log.append([publication(ada, *URLS)])
    with (
        commits_failing(url, "events", "DELETE"),
        pytest.raises(Exception, match=r"doomed|FOREIGN KEY"),
    ):
        storage.log.trim(2)
    assert len(stored(storage)) == 2
    assert storage.log.trim(2) == 1


def test_a_settlement_that_fails_is_not_settled(storage: Storage, url: str) -> None:
    with (
        commits_failing(url, "pushers"),
        pytest.raises(Exception, match=r"doomed|FOREIGN KEY"),
        storage._driver.writing() as statements,
    ):
        statements.run("INSERT INTO pushers (id, beat, seen_at_ms) VALUES (?, 0, 0)", ("p",))
    assert storage.leases.alive() == {}
    storage.leases.join("p")
    assert list(storage.leases.alive()) == ["p"]


class TestOnAFullDisk:
    """SQLite writes its pages when it commits."""

    @pytest.fixture
    def url(self, sqlite_file: str) -> str:
        return sqlite_file

    def test_an_append_raises_stores_nothing_and_the_next_one_works(
        self, storage: Storage, url: str, ada: int
    ) -> None:
        storage.log.append([publication(ada, URLS[0])])
        many = [publication(ada, *[f"https://x.example/{n}/{m}" for n in range(50)]) for m in "abc"]
        storage.check_ready()
        with full_disk(Path(url.removeprefix("sqlite:///"))):
            for _ in range(2):
                with pytest.raises(StoreUnavailable):
                    storage.log.append(many)
            assert stored(storage) == [(1, URLS[0])]
            with pytest.raises(StoreUnavailable):
                storage.check_ready()
        storage.check_ready()
        storage.log.append(many)
        assert len(stored(storage)) == 151
