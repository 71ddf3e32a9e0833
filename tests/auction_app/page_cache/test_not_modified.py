"""A browser that has the page gets a 304, and only while the page would be the same."""

from collections.abc import Callable

import pytest

from tests.auction_app.conftest import Browser, World

PATHS = ("{item}", "{item}/history", "/", "/my/bids")


@pytest.fixture
def item(world: World) -> str:
    return world.member("Sam").list_item()


@pytest.fixture
def ada(world: World, item: str) -> Browser:
    """A bidder who has seen what is said once."""
    ada = world.member("Ada")
    ada.bid(item, "20")
    ada.get("/")
    return ada


def tag_of(browser: Browser, path: str) -> str:
    """What the browser keeps of a page with it."""
    browser.get(path)  # its notifications are said once
    return browser.get(path).headers["ETag"]


def status(browser: Browser, path: str, tag: str, **headers: str) -> int:
    """What comes of asking whether a page is still the same."""
    asked = {"If-None-Match": tag} | {name.replace("_", "-"): it for name, it in headers.items()}
    return browser.client.get(path, headers=asked).status_code


@pytest.mark.parametrize("path", PATHS)
def test_a_page_that_has_not_changed_is_not_sent_again(
    world: World, item: str, ada: Browser, path: str
) -> None:
    path = path.format(item=item)
    tag = tag_of(ada, path)
    world.clock.pass_s(1)

    answer = ada.client.get(path, headers={"If-None-Match": tag})

    assert answer.status_code == 304
    assert answer.data == b""
    assert answer.headers["ETag"] == tag
    assert "Set-Cookie" not in answer.headers


CHANGES: dict[str, Callable[[World, str, Browser], object]] = {
    "another bids": lambda world, item, _ada: world.member("Bob").bid(item, "30"),
    "a bid of one's own": lambda _world, item, ada: ada.bid(item, "40"),
    "an hour passes": lambda world, _item, _ada: world.clock.pass_s(3600),
    "the end": lambda world, _item, _ada: world.clock.pass_s(13 * 86_400),
    "another language": lambda _world, _item, ada: ada.post(
        "/account/profile", {"name": "Ada", "locale": "de", "time_zone": "UTC"}
    ),
    "another name": lambda _world, _item, ada: ada.post(
        "/account/profile", {"name": "Ada Two", "locale": "en", "time_zone": "UTC"}
    ),
    "one signs out": lambda _world, _item, ada: ada.post("/sign-out"),
    "a notice": lambda world, item, _ada: world.member("Bob").bid(item, "500"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_changes_on_an_item_is_seen_at_once(
    world: World, item: str, ada: Browser, change: Callable[[World, str, Browser], object]
) -> None:
    tag = tag_of(ada, item)
    assert status(ada, item, tag) == 304

    change(world, item, ada)

    assert status(ada, item, tag) == 200


def test_who_watches_an_item_sees_that(item: str, ada: Browser) -> None:
    tag = tag_of(ada, item)
    ada.follow(ada.post(f"{item}/watch", {"watch": "1"}))

    assert status(ada, item, tag) == 200


def test_an_item_that_the_house_hides_is_gone_at_once(
    world: World, item: str, ada: Browser
) -> None:
    tags = {path: tag_of(ada, path) for path in (item, "/", "/my/bids")}
    act = {"action": "hide", "note": "It belongs to somebody else."}
    assert world.moderator("Nora").post(f"/moderation{item}", act).status_code == 303

    assert {path: status(ada, path, tag) for path, tag in tags.items()} == {
        item: 410,
        "/": 200,
        "/my/bids": 200,
    }


def test_the_page_of_one_member_is_not_the_page_of_another(
    world: World, item: str, ada: Browser
) -> None:
    tag = tag_of(ada, item)
    eve = world.member("Eve")
    eve.get("/")

    assert status(eve, item, tag) == 200
    assert status(world.browser(), item, tag) == 200


def test_who_takes_the_same_browser_after_another_gets_a_page_of_their_own(
    world: World, item: str, ada: Browser
) -> None:
    world.member("Eve")
    tag = tag_of(ada, item)
    ada.post("/sign-out")
    ada.get("/sign-in")
    ada.sign_in("Eve")
    ada.get("/")

    assert status(ada, item, tag) == 200
    assert "<bdi>Eve</bdi>" in ada.get(item).text


def test_a_browser_of_another_language_or_zone_gets_another_page(world: World, item: str) -> None:
    stranger = world.browser()
    tag = tag_of(stranger, item)

    assert status(stranger, item, tag) == 304
    assert status(stranger, item, tag, Accept_Language="de") == 200
    assert status(stranger, item, tag, Accept_Language="en-GB") == 200
    stranger.client.set_cookie("gavel_zone", "Asia/Tokyo")
    assert status(stranger, item, tag) == 200


def test_the_form_of_a_page_that_a_browser_kept_is_still_good(item: str, ada: Browser) -> None:
    tag = tag_of(ada, item)
    ada.client.get(item, headers={"If-None-Match": tag})

    assert "20" in ada.review(item, "60").text
