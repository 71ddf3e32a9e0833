"""The console in a browser: usable by everybody, without scripts and without a mouse, and live."""

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import bring_axe, complaints
from tests.browser.chromium import patient
from tests.bus.receiver import Receiver, Reply
from tests.bus.serving import ROOT_KEY, Served, serving
from tests.waiting import wait_for

SUBSCRIPTION = "/clients/shop/subscriptions/default"
PAGES = (
    "/",
    "/subscriptions",
    SUBSCRIPTION,
    f"{SUBSCRIPTION}/attempts",
    f"{SUBSCRIPTION}/attempts/1",
    f"{SUBSCRIPTION}/parked",
    f"{SUBSCRIPTION}/dead-letters",
    f"{SUBSCRIPTION}/seek",
    f"{SUBSCRIPTION}/edit",
    f"{SUBSCRIPTION}/secret",
    f"{SUBSCRIPTION}/remove",
    "/subscribe",
    "/clients/shop/subscriptions/none",
    "/topics",
    "/topics/orders",
    "/audit",
    "/events",
    "/api_tokens",
    "/nowhere",
    "/sign-in",
)


@dataclass
class Console:
    """A bus whose only subscriber answers what `receiver` is told to."""

    bus: Served
    receiver: Receiver

    def publish(self, *numbers: int) -> None:
        """Events of orders of these numbers."""
        events = [{"type": "create", "url": f"https://x.example/{n}"} for n in numbers]
        token = self.bus.token("seller")
        done = requests.post(
            f"{self.bus.url}/topics/orders", json=events, auth=(token, ""), timeout=10
        )
        assert done.status_code == 200, done.text

    def put(self, **how: object) -> None:
        """The subscription as it is, delivered so."""
        wanted = {"topics": ["orders"], "callback": self.receiver.url, "uuid": "u-1", **how}
        where = self.bus.url + SUBSCRIPTION
        made = requests.put(where, json=wanted, auth=(ROOT_KEY, ""), timeout=10)
        assert made.status_code in {200, 201}, made.text

    def describe(self) -> None:
        """What orders are about, so that the catalogue has something to show."""
        part = {"type": "string", "pattern": "^[a-z]+$", "description": "Who has it now"}
        schema = {"type": ["object", "null"], "required": ["by"], "properties": {"by": part}}
        about = {"description": "What became of a sale.", "schema": schema}
        auth = (self.bus.token("seller"), "")
        said = requests.put(f"{self.bus.url}/topics/orders", json=about, auth=auth, timeout=10)
        assert said.status_code == 204, said.text

    def open(self, browser: Browser, *, width: int = 1280, scripts: bool = True) -> Page:
        """Somebody who has signed in with the root key."""
        size = {"width": width, "height": 900}
        context = browser.new_context(viewport=size, java_script_enabled=scripts)  # type: ignore[arg-type]
        page = patient(context.new_page())
        page.goto(f"{self.bus.url}/console/")
        page.get_by_label("Root key or token").fill(ROOT_KEY)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
        return page


@pytest.fixture(scope="module")
def running(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """One bus for the module, with a receiver that nothing subscribes."""
    database = Path(shutil.copy(migrated, tmp_path_factory.mktemp("console") / "bus.sqlite3"))
    receiver = Receiver()
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    with serving(database, "bus", "pusher", BUS_TRUSTED_HOSTS="127.0.0.1") as bus:
        bus.token("shop")
        yield Console(bus, receiver)
    receiver.shutdown()
    receiver.server_close()


@pytest.fixture
def console(running: Console) -> Iterator[Console]:
    """A subscription that nothing has happened to yet: tests run in any order."""
    url = running.bus.url + SUBSCRIPTION
    running.receiver.decide = lambda delivery: Reply(204)
    running.put()
    yield running
    gone = requests.delete(url, auth=(ROOT_KEY, ""), timeout=10)
    assert gone.status_code == 204, gone.text


def look_until(page: Page, condition: Callable[[], bool]) -> None:
    """Look at the page anew until something shows on it."""

    def look() -> bool:
        page.reload()
        return condition()

    if not condition():
        wait_for(look)


@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_can_be_used_by_everybody(
    console: Console, browser: Browser, width: int
) -> None:
    console.describe()
    console.publish(1, 2)
    page = console.open(browser, width=width)
    bring_axe(page.context)
    page.goto(f"{console.bus.url}/console{SUBSCRIPTION}/attempts")
    look_until(page, lambda: page.locator("tbody a").count() > 0)
    found = {}
    for path in PAGES:
        page.goto(f"{console.bus.url}/console{path}")
        for fold in page.locator("summary").all():
            fold.click()
        found[path] = complaints(page, width)
    page.context.close()
    assert {path: issues for path, issues in found.items() if issues} == {}


def test_who_has_no_scripts_finds_out_why_and_mends_it(console: Console, browser: Browser) -> None:
    console.receiver.decide = lambda delivery: Reply(401)
    console.publish(10)
    page = console.open(browser, scripts=False)
    failing = page.get_by_role("row", name="shop/default failing")
    look_until(page, lambda: failing.count() > 0)
    failing.get_by_role("link").click()
    expect(page.locator("main")).to_contain_text("refuses the credentials")
    console.receiver.decide = lambda delivery: Reply(204)
    page.get_by_role("button", name="Try again now").click()
    expect(page.get_by_role("status")).to_contain_text("Resumed")
    look_until(page, lambda: page.get_by_text("failing", exact=True).count() == 0)
    expect(page.locator("main")).to_contain_text("Nothing is in the way")
    page.context.close()


def test_who_has_no_scripts_edits_what_is_given_up_at_once_and_redrives(
    console: Console, browser: Browser
) -> None:
    poison = "https://x.example/31"
    page = console.open(browser, scripts=False)
    page.goto(f"{console.bus.url}/console{SUBSCRIPTION}/edit")
    page.get_by_text("How it is tried again").click()
    page.get_by_label("First wait after a failure, in ms").fill("100")
    page.get_by_label("Waits of an entity that is parked, in ms").fill("none")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved")
    console.receiver.decide = lambda one: Reply(422 if poison in one.urls else 204)
    console.publish(30, 31, 32)
    look_until(page, lambda: page.get_by_text("was given up after").count() > 0)
    page.get_by_role("link", name="See the dead letters").click()
    expect(page.get_by_role("row")).to_have_count(2)
    console.receiver.decide = lambda one: Reply(204)
    page.get_by_role("button", name="Redrive all 1").click()
    expect(page.get_by_role("status")).to_contain_text("On their way again: 1.")
    look_until(page, lambda: page.get_by_role("row").count() == 0)
    expect(page.locator("main")).to_contain_text("Nothing was given up")
    assert poison in console.receiver.urls
    page.context.close()


def test_on_a_phone_a_row_is_a_card_that_says_what_each_value_is(
    console: Console, browser: Browser
) -> None:
    page = console.open(browser, width=360)
    page.goto(f"{console.bus.url}/console/subscriptions")
    row = page.get_by_role("row", name="shop/default")
    expect(row).to_be_visible()
    label = "cell => getComputedStyle(cell, '::before').content"
    assert row.locator("td").nth(1).evaluate(label) == '"Lag"'
    page.context.close()


def test_all_of_it_can_be_reached_with_the_keyboard(console: Console, browser: Browser) -> None:
    page = console.open(browser)
    page.goto(f"{console.bus.url}/console{SUBSCRIPTION}")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("(document.activeElement || {}).textContent || ''").strip())
    for name in ("Pause", "Send a test event", "Seek …", "Edit …", "Remove …", "The same by API"):
        assert name in reached
    page.context.close()


def test_a_page_that_is_open_changes_by_itself(console: Console, browser: Browser) -> None:
    console.receiver.decide = lambda delivery: Reply(204)
    page = console.open(browser)
    page.goto(f"{console.bus.url}/console{SUBSCRIPTION}")
    before = page.locator("dd").nth(2).inner_text()
    console.publish(20, 21)
    expect(page.locator("dd").nth(2)).not_to_have_text(before)
    page.context.close()


def test_all_of_an_open_page_is_of_one_look(console: Console, browser: Browser) -> None:
    console.receiver.decide = lambda delivery: Reply(204)
    page = console.open(browser)
    page.goto(f"{console.bus.url}/console{SUBSCRIPTION}")
    pause, resume = (page.get_by_role("button", name=word) for word in ("Pause", "Resume"))
    lag = page.locator("dd").first
    expect(lag).to_have_text("none")
    page.locator("section.status a").first.focus()
    stopped = requests.post(
        f"{console.bus.url}{SUBSCRIPTION}/pause", auth=(ROOT_KEY, ""), timeout=10
    )
    assert stopped.status_code == 200
    console.publish(22)
    looked = f"**/live{SUBSCRIPTION}**"
    for _ in range(2):
        with page.expect_response(looked):
            pass
    assert page.locator(".badge").inner_text() != "paused"
    assert (pause.is_visible(), lag.inner_text()) == (True, "none")
    page.locator(":focus").evaluate("link => link.blur()")
    expect(page.locator(".badge")).to_have_text("paused")
    expect(page.locator(".verdict")).to_contain_text("Paused by the root key")
    expect(lag).to_contain_text("1 event")
    expect(pause).not_to_be_visible()
    resume.click()
    expect(page.get_by_role("status")).to_contain_text("Resumed")
    expect(page.locator(".badge")).to_have_text("idle")
    expect(lag).to_have_text("none")
    expect(resume).not_to_be_visible()
    page.context.close()


def test_what_came_of_a_redrive_shows_by_itself(console: Console, browser: Browser) -> None:
    poison = "https://x.example/41"
    console.receiver.decide = lambda one: Reply(422 if poison in one.urls else 204)
    console.put(retry={"first_ms": 100, "parked_ms": []})
    console.publish(40, 41, 42)
    page = console.open(browser)
    page.goto(f"{console.bus.url}/console{SUBSCRIPTION}/dead-letters")
    look_until(page, lambda: page.get_by_role("row").count() > 0)
    page.get_by_role("button", name="Redrive all 1").click()
    came = page.get_by_role("region", name="What came of it")
    expect(came).to_contain_text("does not accept what is in the request (422)")
    expect(came).to_contain_text("1 dead letter is left")
    console.receiver.decide = lambda one: Reply(204)
    page.reload()
    page.get_by_role("button", name="Redrive all 1").click()
    expect(came).to_contain_text("204: 1 event")
    expect(came).to_contain_text("0 dead letters are left")
    page.context.close()


def test_events_show_in_the_tail_as_they_are_published(console: Console, browser: Browser) -> None:
    page = console.open(browser)
    page.goto(f"{console.bus.url}/console/events?topics=orders")
    expect(page.get_by_role("status")).to_contain_text("Live")
    console.publish(4711)
    expect(page.locator("#tail tbody tr").first).to_contain_text("https://x.example/4711")
    page.context.close()


def test_an_open_page_of_a_session_that_has_ended_leads_to_the_sign_in_and_back(
    console: Console, browser: Browser
) -> None:
    page = console.open(browser)
    page.goto(f"{console.bus.url}/console{SUBSCRIPTION}")
    page.context.clear_cookies()
    expect(page.get_by_label("Root key or token")).to_be_visible()
    page.get_by_label("Root key or token").fill(ROOT_KEY)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("shop/default")
    page.context.close()
