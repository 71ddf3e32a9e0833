"""Pages that are written once for all who see them alike, and true for each of them."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import template_rendered

from auction_app.page_cache import page_cache
from tests.auction_app.conftest import Browser, World

GERMAN = {"Accept-Language": "de"}


@pytest.fixture
def written(world: World) -> Iterator[list[str | None]]:
    """The names of the templates that were rendered."""
    names: list[str | None] = []

    def note(_app: object, template: object, **_rest: object) -> None:
        names.append(getattr(template, "name", None))

    with template_rendered.connected_to(note, world.app):
        yield names


@pytest.fixture
def item(world: World) -> str:
    return world.member("Sam").list_item()


def known(world: World, name: str) -> Browser:
    """A member who has seen what is said once."""
    browser = world.member(name)
    browser.get("/")
    return browser


def shown_left(page: str) -> str:
    found = re.search(r'id="left"[^>]*>([^<]+)<', page)
    assert found
    return found[1]


def test_a_page_is_written_once_and_each_sees_their_own_time(
    world: World, item: str, written: list[str | None]
) -> None:
    first = world.browser().get(item).text
    world.clock.pass_s(90_000)

    second = world.browser().get(item).text

    assert written.count("items/item.html") == 1
    assert f'data-server-now-ms="{world.clock()}"' in second
    assert shown_left(first) != shown_left(second)


def test_what_happens_is_seen_at_once(world: World, item: str) -> None:
    stranger, ada, bob = world.browser(), world.member("Ada"), world.member("Bob")
    ada.bid(item, "20")
    assert 'id="bid-count">1<' in stranger.get(item).text

    bob.bid(item, "30")

    assert 'id="bid-count">2<' in stranger.get(item).text


def test_each_reads_their_own_language_and_zone(
    world: World, item: str, written: list[str | None]
) -> None:
    stranger = world.browser()
    assert "Start price" in stranger.get(item).text
    assert "Startpreis" in stranger.get(item, headers=GERMAN).text
    elsewhere = world.browser()
    elsewhere.client.set_cookie("gavel_zone", "Asia/Tokyo")

    assert 'data-zone="Asia/Tokyo"' in elsewhere.get(item).text
    assert written.count("items/item.html") == 3


def test_nothing_of_a_members_page_reaches_a_stranger(
    world: World, item: str, written: list[str | None]
) -> None:
    ada, stranger = known(world, "Ada"), world.browser()
    written.clear()

    assert "Ada" in ada.get(item).text
    page = stranger.get(item).text

    assert "Ada" not in page
    assert "csrf_token" not in page
    assert "Ada" in ada.get(item).text
    assert written.count("items/item.html") == 2


def test_members_who_see_the_same_share_a_page_but_for_their_names_and_forms(
    world: World, item: str, written: list[str | None]
) -> None:
    ada, bob = known(world, "Ada"), known(world, "Bob&Co")
    ada.get(item)
    written.clear()

    page = bob.get(item)

    assert "item.html" not in written
    assert "Bob&amp;Co" in page.text
    assert "Ada" not in page.text
    assert "Stop watching" in bob.follow(bob.post(f"{item}/watch", {"watch": "1"})).text
    assert "Stop watching" in bob.get(item).text
    assert "Stop watching" not in ada.get(item).text


READERS: dict[str, Callable[[World, str], Browser]] = {
    "stranger": lambda world, _item: world.browser(),
    "member": lambda world, _item: known(world, "Eve"),
    "bidder": lambda world, item: _bidding(known(world, "Eve"), item),
    "seller": lambda world, _item: _back(world.browser(), "Sam"),
    "moderator": lambda world, _item: world.moderator("Nora"),
}


def _bidding(eve: Browser, item: str) -> Browser:
    eve.bid(item, "30")
    return eve


def _back(browser: Browser, name: str) -> Browser:
    browser.sign_in(name)
    return browser


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_a_kept_page_is_the_one_that_would_be_written_for_its_reader_alone(
    world: World,
    item: str,
    reader: Callable[[World, str], Browser],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world.member("Ada").bid(item, "20")
    browser = reader(world, item)
    pages = [
        item,
        f"{item}/history",
        "/",
        *(["/my/bids"] if "csrf" in browser.get("/").text else []),
    ]
    for _ in range(2):
        kept = {path: without_tokens(browser.get(path).text) for path in pages}

    monkeypatch.setattr(page_cache, "_is_ones_own", lambda _who: True)

    assert kept == {path: without_tokens(browser.get(path).text) for path in pages}


def without_tokens(page: str) -> str:
    """Those of forms hold the second at which they were made."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", page)


def test_the_history_is_written_once_too(
    world: World, item: str, written: list[str | None]
) -> None:
    ada, bob, eve = (known(world, name) for name in ("Ada", "Bob", "Eve"))
    ada.bid(item, "20")
    written.clear()

    pages = [who.get(f"{item}/history").text for who in (ada, bob, eve, world.browser())]

    assert ["You" in page for page in pages] == [True, False, False, False]
    assert written.count("items/_history.html") == 2  # members', strangers'


def test_what_is_the_readers_own_is_filled_into_a_page_that_is_written_once(
    world: World, item: str, written: list[str | None]
) -> None:
    ada, bob, eve = (known(world, name) for name in ("Ada", "Bob", "Eve"))
    ada.bid(item, "20")
    ada.bid(item, "50")  # raised: nobody else's business
    bob.bid(item, "30")
    bob.follow(bob.post(f"{item}/watch", {"watch": "1"}))  # what is said once is said by now
    written.clear()

    pages = {name: it.get(item).text for name, it in (("Ada", ada), ("Bob", bob), ("Eve", eve))}

    assert written.count("items/item.html") == 1
    assert {name: marks_in(page) for name, page in pages.items()} == {"Ada": 2, "Bob": 1, "Eve": 0}
    assert ["raised your maximum" in page for page in pages.values()] == [True, False, False]
    assert ["Stop watching" in page for page in pages.values()] == [False, True, False]
    assert ['class="badge winning"' in page for page in pages.values()] == [True, False, False]
    assert ["Show my maximum" in page for page in pages.values()] == [True, True, False]
    for name, page in pages.items():
        assert [it for it in pages if f"<bdi>{it}</bdi>" in page] == [name]


def marks_in(page: str) -> int:
    return page.count('class="yours"')


def test_what_is_said_to_one_visitor_is_said_to_no_other(world: World, item: str) -> None:
    ada = world.member("Ada")
    world.clock.pass_s(15 * 24 * 3600)

    assert "Your session has expired" in ada.get(item).text
    assert "Your session has expired" not in world.browser().get(item).text


def test_only_the_pages_written_last_are_kept(
    world: World, written: list[str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_cache, "MOST", 1)
    sam = world.member("Sam")
    one, two = sam.list_item(), sam.list_item(title="Blue vase")
    stranger = world.browser()
    for item in (one, two, one, one):
        stranger.get(item)

    assert written.count("items/item.html") == 3
