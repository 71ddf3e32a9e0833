"""Whatever is asked of the JSON side, the answer is what the document says, and never a 500."""

from typing import Any

import marshmallow as ma
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from auction_app.api.schemas import (
    AuctionSchema,
    CustomerSchema,
    HomeSchema,
    MyBidsSchema,
    MySalesSchema,
    WatchlistSchema,
)
from tests.auction_app.conftest import BIDS_TOKEN, World, as_program, path_of

OPERATIONS = [
    "/",
    "/auctions/{auction_id}",
    "/customers/{customer_id}",
    "/my/bids",
    "/my/sales",
    "/my/watchlist",
    "/search",
    "/categories/{category}",
]


@pytest.mark.parametrize("path", OPERATIONS)
def test_every_answer_is_as_described(world: World, path: str) -> None:
    schema = schemathesis.openapi.from_wsgi("/openapi.json", world.app)

    @given(case=schema[path]["GET"].as_strategy())
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    def check(case: Any) -> None:
        case.call_and_validate(headers=as_program(BIDS_TOKEN))

    check()


def test_every_operation_is_tried(world: World) -> None:
    document = world.app.test_client().get("/openapi.json").get_json()

    assert set(document["paths"]) == set(OPERATIONS)
    assert all(set(methods) <= {"get", "parameters"} for methods in document["paths"].values())


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("/", HomeSchema),
        ("ITEM", AuctionSchema),
        ("SELLER", CustomerSchema),
        ("/my/bids", MyBidsSchema),
        ("/my/sales", MySalesSchema),
        ("/my/watchlist", WatchlistSchema),
        ("/search", HomeSchema),
        ("/categories/other", HomeSchema),
    ],
)
def test_what_is_there_is_as_described(world: World, path: str, schema: type[ma.Schema]) -> None:
    ada = world.member("Ada")
    item = ada.list_item()
    other = world.member("Sam").list_item()
    ada.bid(other, "25")
    names = {"ITEM": item, "SELLER": path_of(world.customer_url("Ada"))}

    document = ada.client.get(names.get(path, path), headers=as_program(BIDS_TOKEN)).get_json()

    assert schema().validate(document) == {}
    assert "_links" in document
