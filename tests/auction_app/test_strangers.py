"""The item page of people who aren't signed in: written once, and true for each of them."""

import re
from collections.abc import Iterator

import pytest
from flask import template_rendered

from auction_app.views import strangers
from tests.auction_app.conftest import World

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

    assert written.count("item.html") == 1
    assert f'data-server-now-ms="{world.clock()}"' in second
    assert shown_left(first) != shown_left(second)
    assert "now_ms-" not in second
    assert "left-" not in second.replace("left-label", "")


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
    assert written.count("item.html") == 3


def test_nothing_of_a_members_page_reaches_a_stranger(
    world: World, item: str, written: list[str | None]
) -> None:
    ada, stranger = world.member("Ada"), world.browser()
    written.clear()

    assert "Ada" in ada.get(item).text
    page = stranger.get(item).text

    assert "Ada" not in page
    assert "csrf_token" not in page
    assert "Ada" in ada.get(item).text
    assert written.count("item.html") == 3


def test_what_is_said_to_one_visitor_is_said_to_no_other(world: World, item: str) -> None:
    ada = world.member("Ada")
    world.clock.pass_s(15 * 24 * 3600)

    assert "Your session has expired" in ada.get(item).text
    assert "Your session has expired" not in world.browser().get(item).text


def test_only_the_pages_shown_last_are_kept(
    world: World, written: list[str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strangers, "MOST", 1)
    sam = world.member("Sam")
    one, two = sam.list_item(), sam.list_item(title="Blue vase")
    stranger = world.browser()
    for item in (one, two, one, one):
        stranger.get(item)

    assert written.count("item.html") == 3
