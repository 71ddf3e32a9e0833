"""What happens meanwhile, on whatever page somebody has open; and planned maintenance."""

import time

import pytest
from playwright.sync_api import Page, expect

from tests.auction_app.browser.live_app import LiveApp, passed_s
from tests.auction_app.browser.variants import Look
from tests.auction_app.conftest import Browser, World
from tests.auction_app.maintenance.test_maintenance import announce, end
from tests.browser.axe import complaints

OUTBID = {"en": "You have been outbid", "de": "Sie wurden überboten"}


def open_streaming(page: Page, url: str) -> None:
    """Go there, until the page hears its reader's own stream."""
    with page.expect_response(lambda answer: "/me/stream" in answer.url and answer.ok):
        page.goto(url)


def soon_s(loading_s: float) -> float:
    """How long what is pushed may take: a second, or as long as three pages where to load one took
    so long. Who asks again after a while, or connects anew, is later."""
    return max(1.0, 3 * loading_s)


def outbid(world: World, item: str, by: Browser, amount: str) -> None:
    world.clock.pass_s(1)
    by.bid(item, amount)


@pytest.mark.parametrize("language", ["en", "de"])
def test_who_is_outbid_learns_it_on_another_page(live_app: LiveApp, language: str) -> None:
    world = live_app.world
    item = world.member("Sam").list_item()
    ada, bob = world.member("Ada", language=language), world.member("Bob")
    ada.bid(item, "20")
    page = live_app.known(ada, Look(scripts=True, width=1280, language=language)).page
    loading_s = passed_s(lambda: open_streaming(page, f"{live_app.url}/rules"))
    outbid(world, item, bob, "40")

    told = time.monotonic()
    live_app.tell_news()

    notice = page.locator("#news[role=status]").get_by_role("link")
    expect(notice).to_have_text(f"{OUTBID[language]}: Brass desk lamp")
    assert time.monotonic() - told < soon_s(loading_s)
    badge = page.locator("#menu [data-news] .count")
    expect(badge).to_contain_text("1")
    live_app.tell_news()
    expect(page.locator("#news .notice")).to_have_count(1)
    assert complaints(page, 1280) == []
    notice.click()
    page.wait_for_url(live_app.url + item)


def test_a_notice_is_closed_and_a_page_about_it_counts_as_read(live_app: LiveApp) -> None:
    world = live_app.world
    item = world.member("Sam").list_item()
    ada, bob = world.member("Ada"), world.member("Bob")
    ada.bid(item, "20")
    page = live_app.known(ada, Look(scripts=True, width=1280, language="en")).page
    open_streaming(page, live_app.url + item)
    outbid(world, item, bob, "40")
    with page.expect_response("**/my/notices/seen"):
        live_app.tell_news()

    page.locator("#news").get_by_role("button", name="Close").click()

    expect(page.locator("#news .notice")).to_have_count(0)
    assert 'class="count"' not in ada.get("/rules").text


def test_maintenance_appears_on_open_pages_and_without_scripts_on_the_next(
    live_app: LiveApp,
) -> None:
    world = live_app.world
    item = world.member("Sam").list_item()
    mo = world.moderator("Mo")
    ada, stranger = live_app.visitor(name="Ada"), live_app.visitor()
    without = live_app.visitor(scripts=False)
    loading_s = passed_s(lambda: open_streaming(ada, f"{live_app.url}/rules"))
    with stranger.expect_response(lambda answer: "/stream?auction=" in answer.url):
        stranger.goto(live_app.url + item)
    without.goto(f"{live_app.url}/rules")
    announce(mo)

    told = time.monotonic()
    live_app.tell_news()

    for page in (ada, stranger):
        banner = page.locator("#maintenance")
        expect(banner).to_contain_text("We move <house>.")
        expect(banner).to_contain_text("Sep 21, 2026, 4:00")
    assert time.monotonic() - told < soon_s(loading_s)
    without.goto(f"{live_app.url}/rules")
    expect(without.locator("#maintenance")).to_contain_text("We move <house>.")
    end(mo)
    live_app.tell_news()
    for page in (ada, stranger):
        expect(page.locator("#maintenance")).to_have_text("")
