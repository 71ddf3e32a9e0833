"""What a statement costs doesn't grow with tables that were empty when the service began."""

import pytest
from bids_client import Money
from sqlalchemy import text

from bids_service.commands.import_auctions import create_bidding
from tests.bids_service.service import AUCTION, Service, bidder, known_terms

_KEPT = text("SELECT statement FROM pg_prepared_statements WHERE generic_plans > 0")


@pytest.mark.parametrize("service", ["postgresql"], indirect=True)
def test_no_statement_runs_by_a_plan_for_tables_as_they_once_were(service: Service) -> None:
    create_bidding(service.parts.books, AUCTION, known_terms())
    with service.client() as client:
        for number in range(1, 30):  # PostgreSQL keeps a plan after five times
            client.place(AUCTION, bidder("A"), Money(1000 * number, "USD"), f"key-{number}")

    # One connection did it all, because no two commands came at once.
    with service.parts.database.engine.connect() as connection:
        prepared = connection.execute(text("SELECT count(*) FROM pg_prepared_statements")).scalar()
        assert prepared
        assert connection.execute(_KEPT).all() == []
