"""Reading HAL: links, embedded resources, and typed fields that say clearly what is missing."""

from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from service_kit.errors import NoSuchLink, NotHal
from service_kit.hal import Resource
from service_kit.money import Money

URL = "https://bids.example/biddings/1"


def reading(document: Any) -> Resource:
    return Resource(URL, document)


def linking(**links: Any) -> Resource:
    return reading({"_links": links})


@pytest.mark.parametrize("document", [None, [], "x", {"_links": []}, {"_links": None}])
def test_what_is_no_resource_is_refused_when_it_is_read(document: Any) -> None:
    with pytest.raises(NotHal):
        reading(document)


def test_a_resource_does_not_change_and_does_not_show_its_state() -> None:
    bid = reading({"maximum": "hunter2"})

    with pytest.raises(FrozenInstanceError):
        bid.url = "x"  # type: ignore[misc]
    assert "hunter2" not in repr(bid)


def test_the_state_is_all_but_links_and_embedded_resources() -> None:
    assert reading({"a": 1, "_links": {}, "_embedded": {}}).state == {"a": 1}


@pytest.mark.parametrize(
    ("href", "leads_to"),
    [
        ("https://a.example/1", "https://a.example/1"),
        ("/offers/2", "https://bids.example/offers/2"),
        ("2", "https://bids.example/biddings/2"),
        ("?page=2", "https://bids.example/biddings/1?page=2"),
    ],
)
def test_a_link_is_resolved_against_where_it_was_read(href: str, leads_to: str) -> None:
    assert linking(next={"href": href}).link("next") == leads_to
    assert linking(next=[{"href": href}, {"href": "/other"}]).link("next") == leads_to


def test_a_template_is_filled_in_only_where_the_link_says_that_it_is_one() -> None:
    href = "/find{?auction}"
    found = linking(a={"href": href, "templated": True}, b={"href": href})

    assert found.link("a", auction="x&y") == "https://bids.example/find?auction=x%26y"
    assert found.link("b", auction="x&y") == "https://bids.example/find{?auction}"
    assert found.template("a") == "https://bids.example/find{?auction}"


@pytest.mark.parametrize("links", [{}, {"next": None}, {"next": []}])
def test_a_link_that_is_not_there(links: dict[str, Any]) -> None:
    found = linking(**links)

    assert not found.offers("next")
    assert found.optional_link("next") is None
    assert found.targets() == {}
    with pytest.raises(NoSuchLink, match="next"):
        found.link("next")


@pytest.mark.parametrize("link", ["x", 1, {}, {"href": 1}, {"href": "http://["}])
def test_a_link_that_leads_nowhere_is_named(link: Any) -> None:
    found = linking(next=link)

    assert found.offers("next")
    for follow in (found.link, found.links, found.optional_link):
        with pytest.raises(NotHal, match="next"):
            follow("next")
    with pytest.raises(NotHal, match="next"):
        found.targets()


def test_the_targets_are_the_first_links_with_their_templates() -> None:
    found = linking(
        self={"href": URL},
        one={"href": "/clients/{name}", "templated": True},
        photos=[{"href": "/1.jpg"}, {"href": "/2.jpg"}],
    )

    assert found.targets() == {
        "self": URL,
        "one": "https://bids.example/clients/{name}",
        "photos": "https://bids.example/1.jpg",
    }


def test_an_embedded_resource_is_where_its_own_link_says() -> None:
    bids = [{"n": 1, "_links": {"self": {"href": "/bids/1"}}}, {"n": 2}]
    page = reading({"_embedded": {"bids": bids, "bidding": {"n": 3}}})

    assert [(bid.url, bid.get("n")) for bid in page.embedded("bids")] == [
        ("https://bids.example/bids/1", 1),
        (URL, 2),
    ]
    assert [bidding.integer("n") for bidding in page.embedded("bidding")] == [3]
    assert page.embedded("offers") == ()
    assert len(page.collection("bids")) == 2


@pytest.mark.parametrize("embedded", [{}, {"bids": None}, {"bids": {}}, {"bids": ["x"]}])
def test_a_collection_must_be_there(embedded: dict[str, Any]) -> None:
    with pytest.raises(NotHal, match="bids"):
        reading({"_embedded": embedded}).collection("bids")


def test_an_empty_collection_is_one() -> None:
    assert reading({"_embedded": {"bids": []}}).collection("bids") == ()


def test_typed_fields() -> None:
    found = reading(
        {
            "title": "Brass lamp",
            "count": 2,
            "ends_at_ms": 1_700_000_000_000,
            "price": {"amount": "12.50", "currency": "USD"},
            "reserve": None,
            "status": "open",
            "lag": {"events": 3},
            "steps": [{"by": "buyer"}],
            "nothing": {},
            "topics": ["bids", "*"],
        }
    )

    assert found.text("title") == "Brass lamp"
    assert found.integer("count") == 2
    assert found.time_ms("ends_at_ms") == 1_700_000_000_000
    assert found.money("price") == found.optional_money("price") == Money(1250, "USD")
    assert found.optional_money("reserve") is found.optional_money("minimum") is None
    assert found.one_of("status", "open", "closed") == "open"
    assert found.one_of("reserve", "met", None) is None
    assert found.part("lag").integer("events") == 3
    assert found.optional_part("nothing") is found.optional_part("missing") is None
    assert [step.text("by") for step in found.parts("steps")] == ["buyer"]
    assert found.texts("topics") == ("bids", "*")
    assert found.values("count", "reserve") == {"count": 2, "reserve": None}
    assert (found.get("count"), found.get("missing"), found.get("missing", "")) == (2, None, "")


BAD = ["1", 1.5, True, -1, 10**14, [1], ["x"], {"amount": 12.5, "currency": "USD"}]


@pytest.mark.parametrize("value", BAD)
def test_a_field_of_another_type_is_named(value: Any) -> None:
    found = reading({"field": value})

    readers = {found.time_ms, found.money, found.optional_money, found.parts}
    readers |= set() if value == ["x"] else {found.texts}
    readers |= set() if isinstance(value, str) else {found.text}
    readers |= set() if type(value) is int else {found.integer}
    readers |= set() if isinstance(value, dict) else {found.part, found.optional_part}
    for read in readers:
        with pytest.raises(NotHal, match="field"):
            read("field")
    with pytest.raises(NotHal, match="field"):
        found.one_of("field", "open", None)


def test_a_field_that_is_missing_is_named() -> None:
    found = reading({})

    for read in (
        found.text,
        found.integer,
        found.time_ms,
        found.money,
        found.part,
        found.parts,
        found.texts,
    ):
        with pytest.raises(NotHal, match="price"):
            read("price")
    with pytest.raises(NotHal, match="price"):
        found.values("price")
    with pytest.raises(NotHal, match="price"):
        found.one_of("price", "open")


class Refused(Exception):
    pass


class NoLink(Refused):
    pass


class Theirs(Resource):
    malformed = Refused
    no_link = NoLink


def test_a_client_has_its_own_errors_raised_also_by_the_parts() -> None:
    found = Theirs(URL, {"lag": {}, "_embedded": {"bids": [{}]}})

    with pytest.raises(NoLink):
        found.link("next")
    with pytest.raises(Refused):
        found.part("lag").integer("events")
    with pytest.raises(NoLink):
        found.collection("bids")[0].link("self")
    with pytest.raises(Refused):
        Theirs(URL, {"_links": []})
