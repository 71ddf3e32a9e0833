"""The same addresses for programs: HAL, scopes, problem documents, OpenAPI."""

import pytest

from tests.auction_app.conftest import (
    BIDS_TOKEN,
    MAILER_TOKEN,
    START_MS,
    World,
    as_program,
    path_of,
)
from tests.auction_app.sale import sell
from tests.auction_app.test_openapi import OPERATIONS


def test_a_contact_is_for_those_who_may_read_it(world: World) -> None:
    world.member("Ada")
    path = path_of(world.customer_url("Ada"))
    client = world.app.test_client()

    public = client.get(path, headers=as_program()).get_json()
    assert public == {
        "name": "Ada",
        "created_at_ms": START_MS,
        "sales": 0,
        "ratings": {"good": 0, "neutral": 0, "bad": 0},
        "_links": {"self": {"href": world.customer_url("Ada")}},
        "_embedded": {"auctions": [], "feedback": []},
    }
    assert client.get(path, headers=as_program(BIDS_TOKEN)).get_json() == public
    contact = client.get(path, headers=as_program(MAILER_TOKEN)).get_json()
    assert contact["email"] == "ada@example.org"
    assert contact["email_verified"] is True
    assert contact["locale"] == "en"
    assert "verification" not in contact
    assert "verify-email" not in contact["_links"]


def test_a_sellers_page_is_the_same_for_programs(world: World) -> None:
    sale = sell(world)
    for person, step in ((sale.ada, "paid"), (sale.sam, "shipped"), (sale.ada, "received")):
        person.post(f"{sale.order}/steps", {"status": step})
    sale.ada.post(f"{sale.order}/feedback", {"rating": "good", "text": "Packed with care."})
    world.clock.pass_s(1)
    for n in range(24):
        sale.sam.list_item(title=f"Lamp {n}")

    seller = world.browser().get(path_of(world.customer_url("Sam")), headers=as_program())
    document = seller.get_json()
    rest = world.browser().get(path_of(document["_links"]["next"]["href"]), headers=as_program())

    assert document["ratings"] == {"good": 1, "neutral": 0, "bad": 0}
    assert (document["sales"], document["created_at_ms"]) == (1, START_MS)
    (said,) = document["_embedded"]["feedback"]
    assert said["text"] == "Packed with care."
    assert said["_links"]["author"] == {"href": world.customer_url("Ada"), "title": "Ada"}
    assert len(document["_embedded"]["auctions"]) == 24
    assert [a["title"] for a in rest.get_json()["_embedded"]["auctions"]] == ["Brass desk lamp"]


def test_an_unknown_token_is_refused(world: World) -> None:
    world.member("Ada")
    path = path_of(world.customer_url("Ada"))

    answer = world.app.test_client().get(path, headers=as_program("no such token at all"))

    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert "Bearer" in answer.headers["WWW-Authenticate"]


def test_private_terms_are_for_bids_service_only(world: World) -> None:
    item = world.member("Sam").list_item()
    client = world.app.test_client()

    for token, private in ((None, False), (MAILER_TOKEN, False), (BIDS_TOKEN, True)):
        terms = client.get(item, headers=as_program(token)).get_json()["terms"]
        assert ("reserve" in terms) is private
        assert ("blocked" in terms) is private


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("*/*", "application/hal+json"),
        ("", "text/html"),
        ("application/hal+json", "application/hal+json"),
        ("application/json", "application/hal+json"),
        ("application/hal+json, application/json", "application/hal+json"),
    ],
)
def test_the_accept_header_decides(world: World, accept: str, expected: str) -> None:
    answer = world.app.test_client().get("/", headers={"Accept": accept})

    assert answer.mimetype == expected
    assert "Accept" in answer.headers["Vary"]


@pytest.mark.parametrize(
    "path", ["/auctions/nothing", "/customers/nothing", "/nothing", "/auctions/a%1fb"]
)
def test_what_is_not_there_is_a_problem_for_programs_and_a_page_for_people(
    world: World, path: str
) -> None:
    client = world.app.test_client()

    problem = client.get(path, headers=as_program())
    assert problem.status_code == 404
    assert problem.mimetype == "application/problem+json"
    page = client.get(path)
    assert page.status_code == 404
    assert "There is nothing at this address" in page.text


def test_a_wrong_method_says_which_are_right(world: World) -> None:
    answer = world.app.test_client().put("/my/bids", headers=as_program())

    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("after", ["x", "1", "1-", "-1-a", "1-A!", "9" * 40 + "-a", "1-a%00"])
def test_a_page_mark_that_is_not_ours_is_refused(world: World, after: str) -> None:
    answer = world.app.test_client().get(f"/?after={after}", headers=as_program())

    assert answer.status_code == 400


def test_the_openapi_document_describes_the_json_side(world: World) -> None:
    document = world.app.test_client().get("/openapi.json").get_json()

    assert set(document["paths"]) == set(OPERATIONS)
    auction = document["paths"]["/auctions/{auction_id}"]["get"]["responses"]["200"]
    assert list(auction["content"]) == ["application/hal+json"]


def test_the_process_says_that_it_lives_and_can_work(world: World) -> None:
    client = world.app.test_client()

    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").get_json() == {"database": "ok"}


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "is_hal"),
    [
        ("*/*", True),
        ("application/*", True),
        ("application/json", True),
        ("application/hal+json, text/html;q=0.5", True),
        (BROWSER, False),
        ("text/html", False),
        ("text/*", False),
        ("image/png", False),
    ],
)
def test_a_program_that_takes_anything_gets_json_and_a_browser_the_page(
    world: World, accept: str, is_hal: bool
) -> None:
    world.member("Ada")
    path = path_of(world.customer_url("Ada"))
    answer = world.app.test_client().get(path, headers={"Accept": accept})
    assert (answer.status_code, answer.is_json) == (200, is_hal)
