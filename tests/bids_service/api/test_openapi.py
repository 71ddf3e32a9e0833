"""Whatever is sent, the answer is what the OpenAPI document says, and never a 500."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from bids_service.commands.import_auctions import create_bidding
from tests import node
from tests.bids_service.service import ALL, AUCTION, Service, known_terms, start

pytestmark = pytest.mark.slow

# That a currency is traded here, or has so many decimals, is beyond what a schema says.
BEYOND_SCHEMA = [positive_data_acceptance]


@pytest.fixture
def service(sqlite_copy: Callable[[str], str]) -> Iterator[Service]:
    started = start(sqlite_copy("bids_service"))
    create_bidding(started.parts.books, AUCTION, known_terms())
    yield started
    started.parts.close()


@pytest.mark.parametrize(
    "operation",
    [
        "GET /",
        "GET /biddings",
        "GET /biddings/{bidding_id}",
        "GET /biddings/{bidding_id}/bids",
        "GET /biddings/{bidding_id}/history",
        "GET /biddings/{bidding_id}/shown-prices",
        "POST /biddings/{bidding_id}/purchase",
        "POST /biddings/{bidding_id}/retractions",
        "POST /biddings/{bidding_id}/cancellation",
        "POST /biddings/{bidding_id}/freeze",
        "POST /biddings/{bidding_id}/resumption",
        "POST /biddings/{bidding_id}/end",
        "POST /biddings/{bidding_id}/bars",
        "POST /biddings/{bidding_id}/unbars",
        "POST /biddings/{bidding_id}/offers",
        "GET /offers/{offer_id}",
        "POST /offers/{offer_id}/acceptance",
        "POST /offers/{offer_id}/refusal",
        "GET /commands/{command_id}",
        "GET /bids",
        "POST /bids",
        "GET /bids/{bid_id}",
        "POST /simulations",
    ],
)
def test_every_answer_is_as_described(operation: str, service: Service) -> None:
    schema = schemathesis.openapi.from_wsgi("/openapi.json", service.app)
    method, _, path = operation.partition(" ")

    @given(case=schema[path][method].as_strategy())
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    def check(case: Any) -> None:
        headers = {"Authorization": f"Bearer {ALL}"}
        case.call_and_validate(headers=headers, excluded_checks=BEYOND_SCHEMA)

    check()


def test_every_operation_is_tried(service: Service) -> None:
    document = service.http().get("/openapi.json").json
    operations = {
        f"{method.upper()} {path}"
        for path, methods in document["paths"].items()
        for method in methods
        if method != "parameters"
    }
    marks: Any = test_every_answer_is_as_described
    assert operations == set(marks.pytestmark[0].args[1])


def test_the_linter_finds_no_error(service: Service, tmp_path: Path) -> None:
    document = service.http().get("/openapi.json").json
    assert node.lint_openapi(document, tmp_path) == []
