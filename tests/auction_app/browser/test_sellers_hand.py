"""What a seller does with a listing that is out: edit, end early, list again, offer once more."""

from playwright.sync_api import expect

from tests.auction_app.browser.live_app import LiveApp
from tests.auction_app.browser.variants import Look, in_every_look, in_two_looks
from tests.auction_app.sale import sell


@in_every_look
def test_a_listing_is_edited_until_somebody_bids(live_app: LiveApp, look: Look) -> None:
    member = live_app.world.member("Sam", language=look.language)
    item, sam = member.list_item(), live_app.known(member, look)
    sam.go(item)
    sam.follow_call("Edit your listing")
    sam.fill("Title", "")
    sam.fill("About delivery (optional)", "5 dollars")
    sam.press("Save")
    sam.is_told("Title", "Please fill this in.")
    expect(sam.field("About delivery (optional)")).to_have_value("5 dollars")
    sam.fill("Title", "Brass lamp, mended")
    sam.press("Save")
    sam.sees("Your changes are saved.")
    sam.sees_text("5 dollars")

    live_app.world.member("Bob").bid(item, "20")
    sam.follow_call("Edit your listing")
    expect(sam.field("Title")).to_have_count(0)
    sam.fill("Add to the description", "The shade is new.")
    sam.press("Save")

    sam.sees_text("The shade is new.")


@in_two_looks
def test_an_auction_without_bids_is_ended_and_listed_again(live_app: LiveApp, look: Look) -> None:
    member = live_app.world.member("Sam", language=look.language)
    item, sam = member.list_item(), live_app.known(member, look)
    sam.go(f"{item}/edit")
    sam.follow_call("End the auction early")
    sam.press("End it now")
    sam.sees("The auction has been called off. Nothing was sold.")
    sam.sees("Not sold")

    sam.press("List it again")

    expect(sam.field("Title")).to_have_value("Brass desk lamp")


@in_every_look
def test_who_lost_gets_a_second_chance(live_app: LiveApp, look: Look) -> None:
    sale = sell(live_app.world, language=look.language)
    sam, bob = live_app.known(sale.sam, look), live_app.known(sale.bob, look)
    sam.go(sale.item)
    sam.follow_call("Second chance offers")
    with sam.page.expect_navigation():
        sam.page.locator(".rows button").click()
    sam.sees("It is offered. We tell you when the bidder answers.")
    bob.go("/my/notices")
    chance = bob.page.locator(".unread").filter(has_text=bob.says("A second chance for you"))
    bob.follow("Brass desk lamp", within=chance)
    bob.sees_text(bob.money("20"))
    bob.press("Accept and buy")

    bob.sees("You have accepted: it is yours.")
    sam.go(f"{sale.item}/second-chances")
    sam.sees("accepted")
    bob.go("/my/orders")
    bob.sees_text("Brass desk lamp")
