"""A passkey in a real browser with an authenticator of its own, and the pages around it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.auction_app.accounts.two_factor import Phone
from tests.auction_app.browser.serving import Server, build_world
from tests.auction_app.conftest import World, email_of, password_of
from tests.browser.axe import complaints
from tests.browser.chromium import patient
from tests.sockets import free_port

WIDTH = 360
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def world(tmp_path: Path, empty_database: Path) -> Iterator[World]:
    """A house at a name: browsers have no passkeys for numbers."""
    port = free_port()
    shutil.copy(empty_database, tmp_path / "auctions.sqlite")
    world = build_world(tmp_path, f"http://localhost:{port}", "http://live.test")
    server = Server(world.app, port)
    server.start()
    yield world
    server.stop()
    world.parts.close()


@pytest.fixture
def page(world: World, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        base_url=world.parts.urls.public_url,
        viewport={"width": WIDTH, "height": 800},
        locale="en-GB",
    )
    page = patient(context.new_page())
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    yield page
    context.close()


def sign_in(page: Page) -> None:
    page.goto("/sign-in?next=/account/two-factor")
    page.get_by_label("E-mail").fill(email_of("Ada"))
    page.get_by_label("Password").fill(password_of("Ada"))
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()


def test_a_passkey_is_made_signs_in_and_is_the_second_step(world: World, page: Page) -> None:
    world.member("Ada")
    sign_in(page)
    page.get_by_label("Name").fill("This laptop")
    page.locator("#passkey_password").fill("not her password")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("This is not your password.")).to_be_visible()
    page.locator("#passkey_password").fill(password_of("Ada"))
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("The passkey This laptop is added.")).to_be_visible()
    assert complaints(page, WIDTH) == []

    sign_out(page)
    page.goto("/sign-in?next=/account/two-factor")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("Last used:")).to_be_visible()

    page.locator("#password").fill(password_of("Ada"))
    page.get_by_role("button", name="Turn it on").click()
    assert complaints(page, WIDTH) == []
    secret = page.locator("#secret").inner_text().replace(" ", "")
    page.locator("#code").fill(Phone(world, secret).code())
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator(".codes li")).to_have_count(10)
    assert complaints(page, WIDTH) == []

    page.goto("/")
    sign_out(page)
    sign_in(page)
    expect(page.locator("#code")).to_be_visible()
    assert complaints(page, WIDTH) == []
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("On since")).to_be_visible()
    assert complaints(page, WIDTH) == []


def test_without_javascript_codes_work_and_passkeys_say_what_they_need(
    world: World, browser: Browser
) -> None:
    world.member("Ada")
    context = browser.new_context(
        base_url=world.parts.urls.public_url, java_script_enabled=False, locale="en-GB"
    )
    page = patient(context.new_page())
    page.goto("/sign-in?next=/account/two-factor")
    expect(page.get_by_text("Passkeys need JavaScript")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    sign_in(page)
    page.locator("#password").fill(password_of("Ada"))
    page.get_by_role("button", name="Turn it on").click()
    phone = Phone(world, page.locator("#secret").inner_text().replace(" ", ""))
    page.locator("#code").fill(phone.code())
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator(".codes li")).to_have_count(10)

    context.clear_cookies()
    world.clock.pass_s(30)
    sign_in(page)
    page.locator("#code").fill(phone.code())
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("On since")).to_be_visible()
    context.close()
