"""The migrations make the tables that the code declares, and keep what was there."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from service_kit.schema import migrate
from sqlalchemy import text

from bids_service.storage.database import open_database
from bids_service.storage.queries import Queries
from bids_service.storage.tables import metadata


@pytest.mark.parametrize("engine_name", ["sqlite", "postgresql"])
def test_a_migrated_database_lacks_nothing(
    engine_name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if engine_name == "postgresql":
        url = request.getfixturevalue("postgres_url")
    else:
        url = f"sqlite:///{tmp_path / 'bids.sqlite3'}"
    migrate("bids_service", url)
    database = open_database(url)
    with database.engine.connect() as connection:
        difference = compare_metadata(MigrationContext.configure(connection), metadata)
    database.close()
    assert difference == []


def test_a_bidding_from_before_the_records_can_still_be_looked_at(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bids.sqlite3'}"
    migrate("bids_service", url, to="0001")
    database = open_database(url)
    terms = (
        '{"seller":"http://s","currency":"USD","start_price":1,"increments":{"rows":[[0,1]]},'
        '"starts_at_ms":0,"ends_at_ms":9}'
    )
    with database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO biddings (auction, terms, ends_at_ms, reserve_met, buy_now_available,"
                " bid_count, sequence, version) VALUES ('http://a', :terms, 9, 0, 0, 0, 0, 1)"
            ),
            {"terms": terms},
        )
    migrate("bids_service", url)
    stored = Queries(database).bidding_of("http://a")
    database.close()
    assert stored is not None
    assert (len(stored.mask_key), stored.tip.length) == (32, 0)
