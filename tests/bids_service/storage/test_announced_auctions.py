"""An announced auction whose URL is no text is settled like any other: nobody spins around it."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import text

from bids_service.storage.announced_auctions import AnnouncedAuctions
from bids_service.storage.database import Database, open_database


@pytest.fixture
def database(sqlite_copy: Callable[[str], str]) -> Iterator[Database]:
    database = open_database(sqlite_copy("bids_service"))
    yield database
    database.close()


@pytest.mark.parametrize("url", ["CAST(x'68ff' AS TEXT)", "x'68747470'", "CAST(x'c328' AS TEXT)"])
def test_what_is_no_text_is_postponed_and_forgotten_and_the_rest_stays(
    database: Database, url: str
) -> None:
    announced = AnnouncedAuctions(database)
    announced.add(["https://a.example/1", "https://a.example/2"], now_ms=1)
    with database.writing() as transaction:
        transaction.execute(text(f"UPDATE announced_auctions SET url = {url} WHERE url LIKE '%/1'"))
    damaged, sound = sorted(announced.due(1, 9), key=lambda one: one.url.endswith("/2"))
    announced.postpone(damaged, due_at_ms=5)
    assert announced.due(4, 9) == [sound]
    announced.settle(damaged.url)
    assert announced.due(9, 9) == [sound]
