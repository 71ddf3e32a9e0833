"""One's own account: address, sessions, language, time zone, data, and the end of it."""

import json
from pathlib import Path

from playwright.sync_api import expect

from tests.auction_app.browser.live_app import LiveApp
from tests.auction_app.browser.variants import Look, in_every_look, in_two_looks
from tests.auction_app.conftest import email_of, password_of

OTHER = {"en": "de", "de": "en"}
NAMES = {"en": "English", "de": "Deutsch"}


@in_every_look
def test_the_address_changes_once_its_mail_is_answered(live_app: LiveApp, look: Look) -> None:
    ada = live_app.person("Ada", look)
    ada.go("/account")
    ada.fill("New address", "lovelace@example.org")
    ada.fill("Your password", "not her password")
    ada.press("Change address")
    ada.is_told("Your password", "This is not your password.")
    expect(ada.field("New address")).to_have_value("lovelace@example.org")

    ada.fill("Your password", password_of("Ada"))
    ada.press("Change address")
    ada.sees("%(email)s waits for its link to be followed.", email="lovelace@example.org")
    ada.sees("Now: %(email)s", email=email_of("Ada"))
    ada.go(live_app.world.mailed_link("Ada", "confirm-address"))
    ada.sees(
        "From now on you sign in with %(email)s, and all mails go there.",
        email="lovelace@example.org",
    )
    ada.press("Change address")

    ada.sees("Your address is changed. You are signed out everywhere else.")
    ada.sees("Now: %(email)s", email="lovelace@example.org")


@in_two_looks
def test_a_session_is_ended_from_another(live_app: LiveApp, look: Look) -> None:
    ada = live_app.person("Ada", look)
    library, cafe = live_app.world.browser(), live_app.world.browser()
    for place, agent in ((library, "Firefox/140.0 Windows"), (cafe, "Safari/18 iPhone")):
        place.client.environ_base["HTTP_USER_AGENT"] = agent
        place.sign_in("Ada")
    ada.go("/account")
    ada.follow("Active sessions")
    expect(ada.page.locator(".rows > li")).to_have_count(3)

    ada.press("End: %(browser)s", browser="Firefox, Windows")
    ada.sees("That session is ended.")
    assert library.get("/my/bids").status_code == 401
    assert cafe.get("/my/bids").status_code == 200
    ada.press("End all others")

    ada.sees("You are signed out everywhere else.")
    expect(ada.page.locator(".rows > li")).to_have_count(1)
    assert cafe.get("/my/bids").status_code == 401


@in_two_looks
def test_the_password_changes(live_app: LiveApp, look: Look) -> None:
    ada = live_app.person("Ada", look)
    ada.go("/account")
    ada.fill("Current password", "not her password")
    ada.fill("New password", "another long password")
    ada.press("Change password")
    ada.is_told("Current password", "This is not your password.")

    ada.fill("Current password", password_of("Ada"))
    ada.fill("New password", "another long password")
    ada.press("Change password")

    ada.sees("Your password is changed. You are signed out everywhere else.")
    assert live_app.world.browser().sign_in("Ada").status_code == 422


@in_two_looks
def test_pages_follow_the_language_and_the_zone_of_the_account(
    live_app: LiveApp, look: Look
) -> None:
    ada, language = live_app.person("Ada", look), OTHER[look.language]
    ada.go("/account")
    ada.choose("Time zone", "Asia/Tokyo")
    ada.press("Save")
    expect(ada.page.locator("footer")).to_contain_text("Asia/Tokyo")

    ada.field("Language").select_option(label=NAMES[language])
    with ada.page.expect_navigation():
        ada.page.get_by_role("button", name=ada.says("Save"), exact=True).click()

    expect(ada.page.locator("html")).to_have_attribute("lang", language)


@in_every_look
def test_a_member_takes_their_data_and_leaves(live_app: LiveApp, look: Look) -> None:
    ada = live_app.person("Ada", look)
    ada.go("/account")
    with ada.page.expect_download() as download:
        ada.page.get_by_role("link", name=ada.says("Download my data")).click()
    data = json.loads(Path(download.value.path()).read_text())
    assert email_of("Ada") in json.dumps(data)

    ada.follow("Delete my account")
    ada.fill("Your password", "not her password")
    ada.press("Delete for good")
    ada.is_told("Your password", "This is not your password.")
    ada.fill("Your password", password_of("Ada"))
    ada.press("Delete for good")

    ada.sees("Your account is deleted.")
    assert live_app.world.browser().sign_in("Ada").status_code == 422


@in_two_looks
def test_nobody_leaves_whom_others_count_on(live_app: LiveApp, look: Look) -> None:
    ada = live_app.world.member("Ada", language=look.language)
    ada.bid(live_app.world.member("Sam").list_item(), "20")
    reader = live_app.known(ada, look)

    reader.go("/account/delete")

    reader.sees(
        "You are the highest bidder in an auction that has not ended, or could still win it."
    )
    expect(reader.field("Your password")).to_have_count(0)
