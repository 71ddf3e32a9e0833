"""Browsers that meet on an item: live, cut off, with wrong clocks, without scripts."""

import time
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Request, expect

from tests.auction_app.browser.street import Street, bid, passed_s

PATIENCE_MS = 30_000
"""Browsers take their time to come back."""


def _opens_a_stream(request: Request) -> bool:
    return "/stream?" in request.url


@pytest.fixture
def item(street: Street) -> str:
    """Sam's lamp, which ends in an hour."""
    ends = datetime.fromtimestamp(street.world.clock() / 1000 + 3600, UTC)
    sam = street.world.member("Sam")
    return sam.list_item(ends=ends.strftime("%Y-%m-%dT%H:%M:%S"))


def test_a_bid_in_one_browser_appears_in_the_other_sooner_than_one_can_bid(
    street: Street, item: str
) -> None:
    bob, ada = street.visitor(name="Bob"), street.visitor(name="Ada")
    with ada.expect_request(_opens_a_stream):
        ada.goto(street.url + item)
    expect(ada.locator("#price")).to_have_text("$10.00")
    ada.get_by_label("Your maximum").fill("12")
    assert "highest bidder" in bid(bob, street.url + item, "30")
    eve = street.visitor(name="Eve")
    to_bid_s = passed_s(lambda: bid(eve, street.url + item, "20"))

    told = time.monotonic()
    street.tell_live(item)
    expect(ada.locator("#price")).to_have_text("$21.00")

    assert time.monotonic() - told < to_bid_s
    expect(ada.locator("#minimum")).to_have_text("At least $22.00")
    expect(ada.locator("#bid-count")).to_have_text("2")
    expect(ada.locator("#history-table tbody tr")).to_have_count(2)
    expect(ada.locator("#spoken")).to_contain_text("$21.00")
    assert ada.get_by_label("Your maximum").input_value() == "12"


def test_a_bidders_own_state_follows(street: Street, item: str) -> None:
    ada = street.visitor(name="Ada")
    bid(ada, street.url + item, "50")
    ada.goto(street.url + item)
    expect(ada.locator("#standing")).to_contain_text("You are winning")
    ada.get_by_label("Your maximum").focus()

    bid(street.visitor(name="Bob"), street.url + item, "70")
    street.tell_live(item)

    expect(ada.locator("#standing")).to_contain_text("You have been outbid")
    expect(ada.get_by_label("Your maximum")).to_be_focused()


def test_after_a_cut_the_truth_is_shown(street: Street, item: str) -> None:
    ada = street.visitor(name="Ada")
    with ada.expect_response(lambda it: _opens_a_stream(it.request)):
        ada.goto(street.url + item)
    street.live.stop()
    bid(street.visitor(name="Bob"), street.url + item, "50")
    expect(ada.locator("#paused")).to_contain_text("paused since", timeout=PATIENCE_MS)
    expect(ada.locator("#bid-count")).to_have_text("0")

    street.live.start()

    expect(ada.locator("#bid-count")).to_have_text("1", timeout=PATIENCE_MS)
    expect(ada.locator("#paused")).to_be_hidden()
    expect(ada.locator("#history-table tbody tr")).to_have_count(1)


def test_who_comes_back_to_a_page_sees_the_truth(street: Street, item: str) -> None:
    ada = street.visitor(name="Ada")
    with ada.expect_response(lambda it: _opens_a_stream(it.request)):
        ada.goto(street.url + item)
    ada.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    bid(street.visitor(name="Bob"), street.url + item, "50")

    ada.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")

    expect(ada.locator("#bid-count")).to_have_text("1")


def test_a_stream_that_died_without_a_word_is_opened_anew(street: Street, item: str) -> None:
    ada = street.visitor(name="Ada")
    ada.clock.install()
    with ada.expect_response(lambda it: _opens_a_stream(it.request)):
        ada.goto(street.url + item)
    bid(street.visitor(name="Bob"), street.url + item, "50")

    with ada.expect_request(_opens_a_stream):
        ada.clock.fast_forward("01:00")

    expect(ada.locator("#bid-count")).to_have_text("1")


@pytest.mark.parametrize("wrong_by_s", [-3600, 3600])
def test_the_countdown_is_right_though_the_browsers_clock_is_an_hour_off(
    street: Street, item: str, wrong_by_s: int
) -> None:
    page = street.visitor()
    page.clock.install(time=datetime.fromtimestamp(street.world.clock() / 1000 + wrong_by_s, UTC))

    page.goto(street.url + item)
    page.clock.pause_at(datetime.fromtimestamp(street.world.clock() / 1000 + wrong_by_s + 600, UTC))

    minutes = int(page.locator("#left").inner_text().split(" min")[0])
    assert 49 <= minutes <= 50


def test_a_page_without_scripts_is_whole(street: Street, item: str) -> None:
    ada = street.visitor(name="Ada", scripts=False, width=320)

    assert "highest bidder" in bid(ada, street.url + item, "30")
    ada.get_by_role("button", name="Back to the item").click()

    expect(ada.locator("#standing")).to_contain_text("You are winning")
    expect(ada.locator("#history-table tbody tr")).to_have_count(1)
    ada.goto(f"{street.url}/search?q=lamp")
    expect(ada.get_by_role("heading", name="Brass desk lamp")).to_be_visible()
