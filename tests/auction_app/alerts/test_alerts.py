"""Saved searches and followed sellers: who is told of what is listed, and how often."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from auction_app.alerts.matching import matches
from auction_app.alerts.model import SavedSearch
from auction_app.alerts.repository import searches
from auction_app.alerts.tell_seekers import tell_seekers
from auction_app.config import Config
from tests.auction_app.conftest import MAILER_TOKEN, Browser, World, as_program, path_of


@pytest.fixture(params=["sqlite", "postgresql"])
def house(
    request: pytest.FixtureRequest, make_world: Callable[..., World], config: Config
) -> World:
    """The app on each engine."""
    if request.param == "sqlite":
        return make_world()
    url = request.getfixturevalue("postgres_database")
    return make_world(dataclasses.replace(config, database_url=url))


def tell(world: World) -> None:
    tell_seekers(world.parts.store)


def told(world: World, browser: Browser) -> list[tuple[str, str]]:
    """(kind, title) of one's notices."""
    tell(world)
    listed = browser.client.get("/my/notices", headers=as_program()).get_json()
    return [(it["kind"], it["title"]) for it in listed["_embedded"]["notices"]]


def save(browser: Browser, **asked: str) -> str:
    return browser.follow(browser.post("/my/searches", dict(asked))).text


def signed_up(world: World, name: str) -> str:
    """The id of a new customer."""
    world.browser().sign_up(name)
    return path_of(world.customer_url(name)).rsplit("/", 1)[1]


def follow(browser: Browser, seller: str, on: str = "1") -> None:
    assert browser.post(f"{path_of(seller)}/follow", {"follow": on}).status_code == 303


def test_who_saved_a_search_hears_once_of_what_matches(house: World) -> None:
    sam, ada = house.member("Sam"), house.member("Ada")
    assert "The search is saved" in save(ada, q="Lampen", category="home")
    save(ada, q="vase")

    item = sam.list_item(title="Brass desk lamp", category="home-lamps")
    sam.list_item(title="Brass desk lamp", category="art")

    assert told(house, ada) == [("saved-search", "Brass desk lamp")]
    edited = {"title": "Brass desk lamp, 1920", "description": "Edited.", "category": "home"}
    sam.post(f"{item}/edit", edited)
    assert told(house, ada) == [("saved-search", "Brass desk lamp, 1920")]
    assert [kind for kind, _ in told(house, sam)] == []


@pytest.mark.parametrize(
    ("asked", "matches"),
    [
        ({"q": "lamps"}, True),
        ({"q": "desk -brass"}, False),
        ({"q": "des"}, True),
        ({"q": "lamp", "price_to": "9,99", "currency": "USD"}, False),
        ({"price_from": "5", "price_to": "15", "currency": "USD"}, True),
        ({"price_from": "5", "price_to": "15", "currency": "EUR"}, False),
        ({"q": "lamp", "format": "buy_now"}, False),
        ({"q": "unicorn"}, False),
    ],
)
def test_a_saved_search_finds_what_the_search_finds(
    world: World, asked: dict[str, str], matches: bool
) -> None:
    sam, ada = world.member("Sam"), world.member("Ada", language="de")
    save(ada, **asked)

    sam.list_item(title="Brass desk lamp")

    assert bool(told(world, ada)) == matches
    page = world.browser().client.get(
        "/search", query_string=asked, headers={"Accept-Language": "de", "Accept": "text/html"}
    )
    assert ("Brass desk lamp" in page.text) == matches


def test_who_follows_a_seller_hears_of_what_they_list(world: World) -> None:
    sam, ada, bob = (world.member(name) for name in ("Sam", "Ada", "Bob"))
    seller = world.customer_url("Sam")
    for browser in (ada, bob):
        follow(browser, seller)
        follow(browser, seller)
    follow(bob, seller, "0")
    follow(sam, seller)

    sam.list_item(title="Brass desk lamp")

    assert told(world, ada) == [("new-listing", "Brass desk lamp")]
    assert told(world, bob) == told(world, sam) == []
    assert "Stop following" in ada.get(path_of(seller)).text
    assert "Sam" in ada.get("/my/searches").text
    assert "Sign in to follow" in world.browser().get(path_of(seller)).text


def test_the_mailer_reads_what_is_told_and_to_whom(world: World) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    save(ada, q="lamp")
    item = sam.list_item(title="Brass desk lamp")
    tell(world)

    (url,) = [url for topic, _, url in world.announced() if topic == "reminders"]
    program: dict[str, Any] = {"headers": as_program(MAILER_TOKEN)}
    document = world.browser().client.get(path_of(url), **program).get_json()
    wanted = world.browser().client.get(path_of(world.customer_url("Ada")), **program).get_json()

    assert document["kind"] == "saved-search"
    assert path_of(document["_links"]["auction"]["href"]) == item
    assert document["_links"]["customer"]["href"] == world.customer_url("Ada")
    assert wanted["notices"]["saved-search"] == "at_once"
    assert world.browser().get(path_of(url)).status_code == 404


def test_nobody_is_told_of_what_is_hidden_or_over(world: World) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    save(ada, q="lamp")
    sam.list_item(title="Brass desk lamp")
    world.clock.pass_s(40 * 24 * 3600)

    assert tell_seekers(world.parts.store) == 1
    assert tell_seekers(world.parts.store) == 0

    assert [topic for topic, _, _ in world.announced() if topic == "reminders"] == []


def test_searches_are_listed_lead_back_and_are_deleted_by_their_owner(world: World) -> None:
    ada, eve = world.member("Ada", language="de"), world.member("Eve")
    page = save(ada, q="Lampe", price_to="12,50", currency="EUR", category="home")
    again = save(ada, q="Lampe", price_to="12,50", currency="EUR", category="home")
    (search,) = {part.split("/")[0] for part in page.split("/my/searches/")[1:]}

    assert again.count("/my/searches/") == 1
    assert "price_to=12,50" in page or "price_to=12%2C50" in page
    assert eve.post(f"/my/searches/{search}/delete").status_code == 404
    assert ada.post(f"/my/searches/{search}/delete").status_code == 303
    assert "/my/searches/" not in ada.get("/my/searches").text


@pytest.mark.parametrize("asked", [{}, {"q": "🎸"}, {"q": " "}, {"price_to": "cheap"}])
def test_what_says_nothing_is_not_saved(world: World, asked: dict[str, str]) -> None:
    page = save(world.member("Ada"), **asked)

    assert "You have saved no search yet." in page
    assert "is saved" not in page


def test_there_is_an_end_to_saving(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auction_app.alerts.save_search.MOST_SEARCHES", 1)
    ada = world.member("Ada")
    save(ada, q="lamp")

    page = save(ada, q="vase")

    assert "Please delete one first." in page
    assert page.count("/my/searches/") == 1


def test_strangers_are_asked_to_sign_in(world: World) -> None:
    stranger = world.browser()

    assert stranger.post("/my/searches", {"q": "lamp"}).status_code == 401
    assert "Sign in to save this search" in stranger.get("/search?q=lamp").text


def test_no_transaction_tells_more_than_others_can_wait_for(house: World) -> None:
    sam, ada = house.member("Sam"), signed_up(house, "Ada")
    with house.parts.begin() as act:
        for number in range(120):
            saved = SavedSearch(id=f"search{number}", customer_id=ada, asked={"q": "lamp"})
            searches.add(act.conn, saved, now_ms=number)
    sam.list_item(title="Brass desk lamp")
    told_at_once = [0]

    @event.listens_for(house.parts.store.engine, "before_cursor_execute")
    def count(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        told_at_once[-1] += statement.startswith("INSERT INTO alerts")

    @event.listens_for(house.parts.store.engine, "commit")
    def next_one(_connection: Any) -> None:
        told_at_once.append(0)

    tell(house)

    assert sum(told_at_once) == 120
    assert max(told_at_once) <= 50


def test_what_is_edited_while_it_is_told_of_is_looked_at_again(
    house: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sam, ada = house.member("Sam"), house.member("Ada")
    save(ada, q="vase")
    item = sam.list_item(title="Brass desk lamp")

    def edit_meanwhile(*read_before: Any) -> bool:
        monkeypatch.undo()
        edited = {"title": "A blue vase", "description": "Edited.", "category": "home"}
        assert sam.post(f"{item}/edit", edited).status_code == 303
        return matches(*read_before)

    monkeypatch.setattr("auction_app.alerts.tell_seekers.matches", edit_meanwhile)
    assert told(house, ada) == []

    assert told(house, ada) == [("saved-search", "A blue vase")]
    assert tell_seekers(house.parts.store) == 0


def test_who_deletes_a_search_while_it_is_matched_is_not_told(
    house: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sam, ada = house.member("Sam"), house.member("Ada")
    page = save(ada, q="lamp")
    (search,) = {part.split("/")[0] for part in page.split("/my/searches/")[1:]}
    sam.list_item(title="Brass desk lamp")

    def delete_meanwhile(*read_before: Any) -> bool:
        assert ada.post(f"/my/searches/{search}/delete").status_code == 303
        return matches(*read_before)

    monkeypatch.setattr("auction_app.alerts.tell_seekers.matches", delete_meanwhile)

    assert told(house, ada) == []
