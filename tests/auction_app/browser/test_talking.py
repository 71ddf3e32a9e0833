"""Asking the seller, answering for everybody, and telling the house."""

from playwright.sync_api import expect

from tests.auction_app.browser.live_app import LiveApp
from tests.auction_app.browser.variants import Look, in_every_look, in_two_looks


@in_every_look
def test_a_question_is_answered_for_everybody(live_app: LiveApp, look: Look) -> None:
    seller = live_app.world.member("Sam", language=look.language)
    item = seller.list_item()
    ada, sam, eve = (
        live_app.person("Ada", look),
        live_app.known(seller, look),
        live_app.stranger(look),
    )
    ada.go(item)
    ada.fill("Ask the seller", " ")
    ada.press("Send question")
    ada.is_told("Ask the seller", "Please fill this in.")
    ada.fill("Ask the seller", "Does it dim?")
    ada.press("Send question")
    ada.sees("Your question is with the seller. Everybody sees it once it is answered.")
    ada.sees("Not answered yet; only you and the seller see it.")
    eve.go(item)
    eve.misses_text("Does it dim?")

    sam.go("/")
    sam.follow_menu("Notifications")
    sam.follow("Brass desk lamp")
    sam.fill("Your answer, for everybody to see", "It does.")
    sam.press("Answer")
    sam.sees("Your answer is on the page.")

    eve.go(item)
    eve.sees_text("Does it dim?")
    eve.sees_text("It does.")
    ada.go("/my/notices")
    ada.sees("Your question is answered")


@in_two_looks
def test_an_item_is_reported(live_app: LiveApp, look: Look) -> None:
    ada, item = live_app.person("Ada", look), live_app.world.member("Sam").list_item()
    ada.go(item)
    ada.follow("Report this item")
    ada.tick("It is a fake")
    ada.fill("Please explain", " ")
    ada.press("Send report")
    ada.is_told("Please explain", "Please fill this in.")
    expect(ada.page.get_by_role("radio", name=ada.says("It is a fake"))).to_be_checked()
    ada.fill("Please explain", "The base is plastic.")
    ada.press("Send report")

    ada.sees("Thank you. Somebody will look at it.")
