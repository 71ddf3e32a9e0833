"""Browsers that meet on an item: live, cut off, with wrong clocks, without scripts.

docs/bidding.md P10 and P12.
"""

import re
import threading
import time
from datetime import UTC, datetime

import pytest
from flask import Flask, Response
from playwright.sync_api import Page, Request, expect

from auction_app.bidding.projection import keep_bidding
from tests.auction_app.browser.live_app import LiveApp, bid, passed_s
from tests.auction_app.browser.serving import Server
from tests.auction_app.browser.variants import Look


def _opens_a_stream(request: Request) -> bool:
    return "/stream?auction=" in request.url


@pytest.fixture
def item(live_app: LiveApp) -> str:
    """Sam's lamp, which ends in an hour."""
    return live_app.world.member("Sam").list_item(ends=_at(live_app.world.clock() / 1000 + 3600))


def _at(s: float) -> str:
    return datetime.fromtimestamp(s, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def test_a_bid_in_one_browser_appears_in_the_other_sooner_than_one_can_bid(
    live_app: LiveApp, item: str
) -> None:
    bob, ada = live_app.visitor(name="Bob"), live_app.visitor(name="Ada")
    with ada.expect_request(_opens_a_stream):
        ada.goto(live_app.url + item)
    expect(ada.locator("#price")).to_have_text("$10.00")
    ada.get_by_label("Your maximum").fill("12")
    assert "highest bidder" in bid(bob, live_app.url + item, "30")
    eve = live_app.visitor(name="Eve")
    to_bid_s = passed_s(lambda: bid(eve, live_app.url + item, "20"))

    told = time.monotonic()
    live_app.tell_live(item)
    expect(ada.locator("#price")).to_have_text("$21.00")

    assert time.monotonic() - told < to_bid_s
    expect(ada.locator("#minimum")).to_have_text("At least $22.00")
    expect(ada.locator("#bid-count")).to_have_text("2")
    expect(ada.locator("#history-table tbody tr")).to_have_count(2)
    expect(ada.locator("#spoken")).to_contain_text("$21.00")
    assert ada.get_by_label("Your maximum").input_value() == "12"


def test_a_bidders_own_state_follows(live_app: LiveApp, item: str) -> None:
    ada = live_app.visitor(name="Ada")
    bid(ada, live_app.url + item, "50")
    ada.goto(live_app.url + item)
    expect(ada.locator("#standing")).to_contain_text("You are the highest bidder")
    ada.get_by_label("Your maximum").focus()

    bid(live_app.visitor(name="Bob"), live_app.url + item, "70")
    live_app.tell_live(item)

    expect(ada.locator("#standing")).to_contain_text("You have been outbid")
    expect(ada.get_by_label("Your maximum")).to_be_focused()


@pytest.mark.parametrize("language", ["en", "de"])
def test_an_end_that_moves_is_shown_and_spoken(live_app: LiveApp, item: str, language: str) -> None:
    ada = live_app.stranger(Look(True, 1280, language))
    with ada.page.expect_response(lambda it: _opens_a_stream(it.request)):
        ada.go(item)
    bid(live_app.visitor(name="Bob"), live_app.url + item, "50")
    book = live_app.world.bids.books[live_app.url + item]
    book.ends_at_ms += 5 * 60_000
    book.version += 1

    live_app.tell_live(item)

    expect(ada.page.locator("#spoken")).to_have_text(ada.says("The auction was extended"))
    shown = ada.page.locator("#ends").inner_text().split()  # browsers' spaces are their own
    expect(ada.page.locator("#left")).to_contain_text("1 h")
    with live_app.world.parts.begin() as act:
        keep_bidding(act, live_app.world.bids.bidding_of(live_app.url + item))
    ada.go(item)
    assert ada.page.locator("#ends").inner_text().split() == shown


def test_who_waits_for_the_start_gets_the_form_when_it_comes(live_app: LiveApp) -> None:
    sam, clock = live_app.world.member("Sam"), live_app.world.clock
    starts, ends = (_at(clock() / 1000 + s) for s in (600, 7200))
    item = sam.list_item(starts=starts, ends=ends)
    ada = live_app.visitor(name="Ada")
    ada.clock.install()
    ada.goto(live_app.url + item)
    expect(ada.get_by_text("Starts")).to_be_visible()
    expect(ada.get_by_label("Your maximum")).to_have_count(0)

    clock.pass_s(601)
    ada.clock.fast_forward("10:05")

    expect(ada.get_by_label("Your maximum")).to_be_visible()


def test_after_a_cut_the_truth_is_shown(live_app: LiveApp, item: str) -> None:
    ada = live_app.visitor(name="Ada")
    with ada.expect_response(lambda it: _opens_a_stream(it.request)):
        ada.goto(live_app.url + item)
    live_app.live.stop()
    bid(live_app.visitor(name="Bob"), live_app.url + item, "50")
    expect(ada.locator("#paused")).to_contain_text("paused since")
    expect(ada.locator("#bid-count")).to_have_text("0")

    live_app.live.start()

    expect(ada.locator("#bid-count")).to_have_text("1")
    expect(ada.locator("#paused")).to_be_hidden()
    expect(ada.locator("#history-table tbody tr")).to_have_count(1)


def test_who_comes_back_to_a_page_sees_the_truth(live_app: LiveApp, item: str) -> None:
    ada = live_app.visitor(name="Ada")
    with ada.expect_response(lambda it: _opens_a_stream(it.request)):
        ada.goto(live_app.url + item)
    ada.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    bid(live_app.visitor(name="Bob"), live_app.url + item, "50")

    ada.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")

    expect(ada.locator("#bid-count")).to_have_text("1")


def test_a_stream_that_died_without_a_word_is_opened_anew(live_app: LiveApp, item: str) -> None:
    ada = live_app.visitor(name="Ada")
    ada.clock.install()
    with ada.expect_response(lambda it: _opens_a_stream(it.request)):
        ada.goto(live_app.url + item)
    bid(live_app.visitor(name="Bob"), live_app.url + item, "50")

    with ada.expect_request(_opens_a_stream):
        ada.clock.fast_forward("01:00")

    expect(ada.locator("#bid-count")).to_have_text("1")


@pytest.mark.parametrize("wrong_by_s", [-3600, 3600])
def test_the_countdown_is_right_though_the_browsers_clock_is_an_hour_off(
    live_app: LiveApp, item: str, wrong_by_s: int
) -> None:
    page = live_app.visitor()
    page.clock.install(time=datetime.fromtimestamp(live_app.world.clock() / 1000 + wrong_by_s, UTC))

    page.goto(live_app.url + item)
    page.clock.pause_at(
        datetime.fromtimestamp(live_app.world.clock() / 1000 + wrong_by_s + 600, UTC)
    )

    minutes = int(page.locator("#left").inner_text().split(" min")[0])
    assert 49 <= minutes <= 50


@pytest.mark.parametrize(
    "comes_back",
    [
        "dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))",
        "document.dispatchEvent(new Event('visibilitychange'))",
        "(now => Date.now = () => now() + 600_000)(Date.now)",  # the machine has slept
        "(now => Date.now = () => now() - 7_200_000)(Date.now)",
    ],
)
def test_a_list_that_was_kept_asks_what_time_it_is(
    live_app: LiveApp, item: str, comes_back: str
) -> None:
    page = live_app.visitor()
    page.goto(f"{live_app.url}/search?q=lamp")
    left = page.locator("[data-ends-at-ms]").first
    expect(left).to_contain_text(re.compile("1 h|59 min"))

    live_app.world.clock.pass_s(600)
    page.evaluate(comes_back)

    expect(left).to_contain_text(re.compile("49 min|50 min"))


def test_who_wakes_before_the_network_does_sees_no_time_that_is_over(
    live_app: LiveApp, item: str
) -> None:
    page = live_app.visitor()
    page.clock.install()
    page.goto(f"{live_app.url}/search?q=lamp")
    left = page.locator("[data-ends-at-ms]").first
    expect(left).to_contain_text(re.compile("1 h|59 min"))
    page.route("**/clock", lambda _route: None)  # the line is dead, and nobody says so
    live_app.world.clock.pass_s(600)

    with page.expect_request("**/clock"):
        page.evaluate("(now => Date.now = () => now() + 600_000)(Date.now)")
        page.clock.run_for(2000)

    expect(left).to_contain_text(re.compile(r"^(50|[1-4]?\d) min"))
    page.unroute("**/clock")
    live_app.world.clock.pass_s(600)
    with page.expect_response("**/clock"):
        page.clock.run_for(12_000)
    expect(left).to_contain_text(re.compile(r"^(40|[1-3]?\d) min"))


def test_no_time_that_was_told_before_makes_a_countdown_longer(
    live_app: LiveApp, item: str
) -> None:
    """What a page or a stream says of the time is old by as long as it was on its way."""
    page = live_app.visitor()
    page.goto(f"{live_app.url}{item}")
    since_asked = """() => {
      const [visit] = performance.getEntriesByType("navigation");
      const told = Number(document.body.dataset.serverNowMs);
      return window.gavel.now() - told - (performance.now() - visit.requestStart);
    }"""
    page.evaluate("window.gavel.setServerNow(window.gavel.now() - 600_000)")

    assert page.evaluate(since_asked) > -100


def test_an_open_page_learns_that_the_house_stops_the_bidding_and_has_it_go_on(
    live_app: LiveApp, item: str
) -> None:
    ada, book = live_app.visitor(name="Ada"), live_app.world.bids.books[live_app.url + item]
    with ada.expect_response(lambda it: _opens_a_stream(it.request)):
        ada.goto(live_app.url + item)
    ada.get_by_label("Your maximum").fill("12")

    book.frozen, book.version = True, book.version + 1
    live_app.tell_live(item)

    expect(ada.locator("#left")).to_have_text("The bidding is stopped")
    expect(ada.get_by_role("button", name="Review bid")).to_be_disabled()
    book.frozen, book.version = False, book.version + 1
    live_app.tell_live(item)
    expect(ada.get_by_role("button", name="Review bid")).to_be_enabled()
    expect(ada.locator("#left")).to_contain_text("min")
    assert ada.get_by_label("Your maximum").input_value() == "12"


def test_a_tab_that_nobody_looks_at_leaves_its_stream_to_others(
    live_app: LiveApp, item: str
) -> None:
    ada = live_app.visitor(name="Ada")
    ada.clock.install()
    with ada.expect_response(lambda it: _opens_a_stream(it.request)):
        ada.goto(live_app.url + item)
    with ada.expect_event("requestfailed", _opens_a_stream):
        _look_away(ada, True)
        ada.clock.fast_forward("00:06")
    bid(live_app.visitor(name="Bob"), live_app.url + item, "50")

    with ada.expect_request(_opens_a_stream):
        _look_away(ada, False)

    expect(ada.locator("#bid-count")).to_have_text("1")


def test_of_seven_tabs_that_are_all_looked_at_none_hangs_and_each_is_true(
    live_app: LiveApp, item: str
) -> None:
    """A browser has six connections to a host, HTTP/1.1; all of these are on screen."""
    first = live_app.visitor(name="Ada")
    tabs = [first, *(first.context.new_page() for _ in range(6))]
    opened_s = [passed_s(lambda tab=tab: tab.goto(live_app.url + item)) for tab in tabs]  # type: ignore[misc]

    bid(live_app.visitor(name="Bob"), live_app.url + item, "50")
    live_app.tell_live(item)

    for tab in tabs:
        expect(tab.locator("#bid-count")).to_have_text("1", timeout=25_000)
    assert max(opened_s) < 10
    assert passed_s(lambda: first.goto(f"{live_app.url}/my/bids")) < 10
    assert "highest bidder" in bid(tabs[6], live_app.url + item, "90")


def test_a_stream_that_does_not_open_is_said_to_be_paused_and_the_page_asked(
    live_app: LiveApp, item: str
) -> None:
    ada = live_app.visitor(name="Ada")
    ada.clock.install()
    ada.route(re.compile(r"/stream\?"), lambda _route: None)  # it waits for a connection
    ada.goto(live_app.url + item)
    bid(live_app.visitor(name="Bob"), live_app.url + item, "50")

    ada.clock.fast_forward("00:15")
    ada.clock.fast_forward("00:05")

    expect(ada.locator("#paused")).to_contain_text("paused since")
    expect(ada.locator("#bid-count")).to_have_text("1")
    expect(ada.locator("#history-table tbody tr")).to_have_count(1)


def test_a_stream_that_opens_and_says_nothing_is_said_to_be_paused_too(
    live_app: LiveApp, item: str
) -> None:
    """As it is behind a proxy that collects what it passes on."""
    over = threading.Event()
    proxy = Flask("proxy")

    @proxy.get("/stream")
    def stream() -> Response:
        kept = (b":\n" if not n else b"" for n in range(2) if not n or over.wait(60))
        return Response(kept, mimetype="text/event-stream", headers={CORS: live_app.url})

    live_app.live.stop()
    server = Server(proxy, int(live_app.live_url.rsplit(":", 1)[1]))
    server.start()
    ada = live_app.visitor(name="Ada")
    ada.clock.install()
    with ada.expect_response(lambda it: _opens_a_stream(it.request)):
        ada.goto(live_app.url + item)
    bid(live_app.visitor(name="Bob"), live_app.url + item, "50")

    ada.clock.fast_forward("00:15")
    ada.clock.fast_forward("00:05")

    expect(ada.locator("#paused")).to_contain_text("paused since")
    expect(ada.locator("#bid-count")).to_have_text("1")
    over.set()
    server.stop()


CORS = "Access-Control-Allow-Origin"


def _look_away(page: Page, away: bool) -> None:
    page.evaluate(
        """away => {
          Object.defineProperty(document, "hidden", {value: away, configurable: true});
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        away,
    )


def test_a_page_without_scripts_is_whole(live_app: LiveApp, item: str) -> None:
    ada = live_app.visitor(name="Ada", scripts=False, width=320)

    assert "highest bidder" in bid(ada, live_app.url + item, "30")
    ada.get_by_role("button", name="Back to the item").click()

    expect(ada.locator("#standing")).to_contain_text("You are the highest bidder")
    expect(ada.locator("#history-table tbody tr")).to_have_count(1)
    ada.goto(f"{live_app.url}/search?q=lamp")
    expect(ada.get_by_role("heading", name="Brass desk lamp")).to_be_visible()
