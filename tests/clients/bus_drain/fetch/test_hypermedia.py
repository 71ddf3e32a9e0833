"""Entities, their links, and collections page by page."""

from __future__ import annotations

import json
from typing import Any

import pytest
from bus_drain.fetch import Entity, EntityClient, NoSuchLink, NotHal, Rejected, UnknownHost
from werkzeug import Request, Response

from .conftest import Site, hal

URL = "https://bids.example/bids/7"


def entity(links: Any = None, **state: Any) -> Entity:
    return Entity(URL, state | {"_links": links or {}})


def test_an_entity_is_its_state_links_and_what_is_embedded(
    client: EntityClient, site: Site
) -> None:
    url = site.shows(
        "/bids/7",
        {
            "price": {"amount": "12.50", "currency": "USD"},
            "_links": {"self": {"href": "/bids/7"}, "auction": {"href": "/auctions/1"}},
            "_embedded": {"bidding": {"status": "open", "_links": {"self": {"href": "/b/1"}}}},
        },
    )
    bid = client.get(url)

    assert bid["price"]["amount"] == "12.50"
    assert bid.state == {"price": {"amount": "12.50", "currency": "USD"}}
    assert bid.link("auction") == f"{site.url}/auctions/1"
    (bidding,) = bid.embedded("bidding")
    assert (bidding.url, bidding["status"]) == (f"{site.url}/b/1", "open")
    assert bid.embedded("nothing") == ()


def test_a_link_is_followed_with_its_template_filled_in(client: EntityClient, site: Site) -> None:
    seen: list[str] = []

    def biddings(request: Request) -> Response:
        seen.append(request.args["auction"])
        return hal({"status": "open"})

    site.pages["/biddings"] = biddings
    root = site.shows(
        "/", {"_links": {"bidding": {"href": "/biddings{?auction}", "templated": True}}}
    )

    found = client.follow(client.get(root), "bidding", auction="https://a.example/1?x&y")

    assert found["status"] == "open"
    assert seen == ["https://a.example/1?x&y"]


def test_braces_of_a_plain_link_stay() -> None:
    assert entity({"a": {"href": "/x{?y}"}}).link("a", y="1") == "https://bids.example/x{?y}"


def test_several_links_of_one_relation() -> None:
    photos = entity({"photos": [{"href": "/1.jpg"}, {"href": "https://cdn.example/2.jpg"}]})

    assert photos.links("photos") == ("https://bids.example/1.jpg", "https://cdn.example/2.jpg")
    assert photos.link("photos") == "https://bids.example/1.jpg"


@pytest.mark.parametrize("links", [{}, {"next": None}, {"next": []}])
def test_a_link_that_is_not_offered(links: Any) -> None:
    assert not entity(links).offers("next")
    with pytest.raises(NoSuchLink):
        entity(links).link("next")


@pytest.mark.parametrize(
    "document",
    [
        {"_links": []},
        {"_links": None},
        {"_embedded": 1},
    ],
)
def test_what_is_no_hal(document: Any) -> None:
    with pytest.raises(NotHal):
        Entity(URL, document)


@pytest.mark.parametrize("link", ["x", 1, {}, {"href": 1}, [["x"]]])
def test_a_link_that_is_none(link: Any) -> None:
    with pytest.raises(NotHal):
        entity({"a": link}).link("a")


def test_what_is_embedded_and_no_resource() -> None:
    with pytest.raises(NotHal):
        Entity(URL, {"_embedded": {"bids": ["x"]}}).embedded("bids")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff"])
def test_an_answer_that_is_no_object(client: EntityClient, site: Site, body: bytes) -> None:
    site.pages["/x"] = lambda _request: Response(body)

    with pytest.raises(NotHal):
        client.get(site.url + "/x")


def test_an_entity_does_not_show_its_state_where_it_is_printed() -> None:
    assert "hunter2" not in repr(entity(maximum="hunter2"))


def pages(site: Site, *following: str | None) -> str:
    for number, next_page in enumerate(following):
        links = {"next": {"href": next_page}} if next_page else {}
        bids = [{"n": number * 2 + one} for one in (0, 1)]
        site.shows(f"/p{number}", {"_links": links, "_embedded": {"bids": bids}})
    return site.url + "/p0"


def test_a_collection_is_walked_page_by_page(client: EntityClient, site: Site) -> None:
    first = pages(site, "/p1", "/p2", None)

    assert [item["n"] for item in client.items(first, "bids")] == [0, 1, 2, 3, 4, 5]
    assert len(site.asked) == 3


def test_a_page_is_fetched_only_when_it_is_asked_for(client: EntityClient, site: Site) -> None:
    walk = client.pages(pages(site, "/p1", "/p2", None))
    next(walk)

    assert len(site.asked) == 1


@pytest.mark.parametrize("following", [("/p0",), ("/p1", "/p0"), ("/p1", "/p2", "/p1")])
def test_pages_in_a_circle_end(
    client: EntityClient, site: Site, following: tuple[str, ...]
) -> None:
    with pytest.raises(NotHal, match="circle"):
        list(client.pages(pages(site, *following)))
    assert len(site.asked) == len(following)


def test_a_303_is_followed_once(client: EntityClient, site: Site) -> None:
    site.shows("/biddings/1", {"_links": {"bids": {"href": "bids"}}})
    site.pages["/find"] = lambda _request: Response(status=303, headers={"Location": "/biddings/1"})
    site.pages["/twice"] = lambda _request: Response(status=303, headers={"Location": "/find"})

    found = client.get(site.url + "/find")
    assert found.link("bids") == f"{site.url}/biddings/bids"
    with pytest.raises(Rejected):
        client.get(site.url + "/twice")


@pytest.mark.parametrize("status", [300, 301, 302, 307, 308])
def test_no_other_redirect_is_followed(client: EntityClient, site: Site, status: int) -> None:
    site.shows("/new", {})
    site.pages["/old"] = lambda _request: Response(status=status, headers={"Location": "/new"})

    with pytest.raises(Rejected) as caught:
        client.get(site.url + "/old")
    assert caught.value.status == status
    assert len(site.asked) == 1


def test_a_refusal_says_its_status_and_its_title(client: EntityClient, site: Site) -> None:
    problem = json.dumps({"title": "Not now", "reason": "ended"})
    site.pages["/no"] = lambda _request: Response(
        problem, 409, content_type="application/problem+json"
    )
    site.pages["/mute"] = lambda _request: Response(status=400)

    with pytest.raises(Rejected) as caught:
        client.get(site.url + "/no")
    assert (str(caught.value), caught.value.problem["reason"]) == ("409 Not now", "ended")
    with pytest.raises(Rejected) as caught:
        client.get(site.url + "/mute")
    assert str(caught.value) == "400"


def test_a_303_to_a_strange_host_is_not_followed(client: EntityClient, site: Site) -> None:
    site.pages["/find"] = lambda _request: Response(
        status=303, headers={"Location": "http://169.254.169.254/latest"}
    )

    with pytest.raises(UnknownHost):
        client.get(site.url + "/find")
