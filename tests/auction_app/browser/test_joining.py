"""Coming in: an account is opened, its address confirmed, a forgotten password set anew."""

from playwright.sync_api import expect

from tests.auction_app.browser.live_app import LiveApp
from tests.auction_app.browser.variants import Look, in_two_looks
from tests.auction_app.browser.visitor import Visitor
from tests.auction_app.conftest import email_of, password_of


def sign_in(who: Visitor, name: str, password: str) -> None:
    who.fill("E-mail", email_of(name))
    who.fill("Password", password)
    who.press("Sign in")


@in_two_looks
def test_a_stranger_becomes_a_member(live_app: LiveApp, look: Look) -> None:
    eve = live_app.stranger(look)
    eve.go("/")
    eve.follow_menu("Create account")
    eve.fill("Name", "Eve")
    eve.fill("E-mail", "eve@nowhere")
    eve.fill("Password", password_of("Eve"))
    eve.press("Create account", within=eve.page.locator("main"))
    eve.is_told("E-mail", "This is not an e-mail address we can write to.")
    expect(eve.field("Name")).to_have_value("Eve")
    eve.fill("E-mail", email_of("Eve"))
    eve.fill("Password", password_of("Eve"))
    eve.press("Create account", within=eve.page.locator("main"))
    eve.heads("Check your mail")

    eve.follow_call("Sign in")
    sign_in(eve, "Eve", "not her password")
    eve.sees("Wrong e-mail or password.")
    expect(eve.field("E-mail")).to_have_value(email_of("Eve"))
    sign_in(eve, "Eve", password_of("Eve"))
    eve.sees("Please confirm your e-mail address.")
    eve.press("Send the mail again")
    eve.go(live_app.world.verification_link("Eve"))
    eve.press("It is mine")

    eve.sees("Your address is confirmed. You can bid and sell now.")
    eve.sign_out()
    eve.sees("You are signed out.")


@in_two_looks
def test_a_forgotten_password_is_set_anew(live_app: LiveApp, look: Look) -> None:
    live_app.world.member("Ada", language=look.language)
    ada = live_app.stranger(look)
    ada.go("/sign-in")
    ada.follow("Forgot password?")
    ada.fill("E-mail", "ada@nowhere")
    ada.press("Send the link")
    ada.is_told("E-mail", "This is not an e-mail address we can write to.")
    ada.fill("E-mail", email_of("Ada"))
    ada.press("Send the link")
    ada.heads("Check your mail")

    link = live_app.world.mailed_link("Ada", "reset-password")
    ada.go(link)
    ada.fill("New password", "another long password")
    ada.press("Set password")
    ada.sees("Your new password is set. Sign in with it.")
    sign_in(ada, "Ada", "another long password")

    ada.unfold_menu()
    expect(ada.page.get_by_role("link", name="Ada")).to_be_visible()
    ada.go(link)
    ada.heads("This link no longer works")
