"""However commands are gathered into transactions, what comes of them is the same."""

import itertools
import shutil
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bids_service.commands.apply import apply
from bids_service.commands.import_auctions import create_bidding
from bids_service.engine.book import Command, decide, open_book
from bids_service.engine.buy_now import BuyNow
from bids_service.engine.close import Cancel, Close
from bids_service.engine.retract import Retract
from bids_service.engine.terms import Terms
from bids_service.model import CommandRequest, Key
from bids_service.verify_stored import verify_stored
from tests.bids_service.engine.test_properties import any_terms, bids
from tests.bids_service.service import AUCTIONS, Service, start
from tests.shared import Shared

_numbers = itertools.count(1)


def commands() -> st.SearchStrategy[Command]:
    who = st.sampled_from(["A", "B", "C", "D"])
    rare = st.one_of(st.builds(Retract, bidder=who), st.builds(BuyNow, bidder=who))
    end = st.sampled_from([Cancel(seller="seller"), Close()])
    return st.one_of(bids(), bids(), bids(), bids(), rare, end)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, shared: Shared) -> Iterator[Service]:
    file = shutil.copy(shared.migrated_file("bids_service"), tmp_path_factory.mktemp("batches"))
    started = start(f"sqlite:///{file}")
    yield started
    started.parts.close()


@given(any_terms(), st.lists(st.lists(commands(), min_size=1, max_size=6), max_size=4))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_gathering_of_commands_gives_what_the_rules_give(
    service: Service, terms: Terms, groups: list[list[Command]]
) -> None:
    auction = f"{AUCTIONS}/auctions/{next(_numbers)}"
    books = service.parts.books
    service.clock.now_ms = terms.starts_at_ms
    create_bidding(books, auction, terms)
    book = open_book(terms)
    for group in groups:
        service.clock.now_ms += 3_600_000
        requests = [CommandRequest(auction=auction, command=it, key=_key()) for it in group]
        apply(books, requests)
        for command in group:
            book = book.after(decide(book, command, service.clock.now_ms))
    stored = service.parts.queries.bidding_of(auction)
    assert stored is not None
    assert stored.bidding == book.bidding
    verify_stored(service.parts.database, auction)


def _key() -> Key:
    return Key(client="tests", key=f"batch-{next(_numbers)}", fingerprint="")
