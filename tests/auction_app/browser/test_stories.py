"""What people come for, from its beginning to its end, each as one story."""

from playwright.sync_api import expect

from tests.auction_app.browser.live_app import LiveApp
from tests.auction_app.browser.test_bidding import review
from tests.auction_app.browser.test_joining import sign_in
from tests.auction_app.browser.test_moderating import act
from tests.auction_app.browser.test_wizard import file, start
from tests.auction_app.browser.variants import Look, in_every_look
from tests.auction_app.browser.visitor import Visitor
from tests.auction_app.conftest import email_of, password_of, path_of
from tests.auction_app.moderation.test_decisions import appeal_link
from tests.auction_app.sale import close

_TITLE = "Brass desk lamp"


def confirm_bid(who: Visitor, item: str, maximum: str) -> None:
    review(who, item, maximum)
    who.press("Confirm bid")


@in_every_look
def test_a_seller_comes_from_sign_up_to_the_hammer(live_app: LiveApp, look: Look) -> None:
    eve = live_app.stranger(look)
    eve.go("/sign-up")
    eve.fill("Name", "Eve")
    eve.fill("E-mail", email_of("Eve"))
    eve.fill("Password", password_of("Eve"))
    eve.press("Create account", within=eve.page.locator("main"))
    eve.follow_call("Sign in")
    sign_in(eve, "Eve", password_of("Eve"))
    eve.go(live_app.world.verification_link("Eve"))
    eve.press("It is mine")
    start(eve)
    eve.upload("Add photos", [file("a.jpg")])
    live_app.prepare_photos()
    eve.go(eve.path.replace("/photos/change", "/photos"))
    eve.fill("Describe photo %(n)d", "Front", n=1)
    eve.press("Next: price")
    eve.fill("Start price", "10")
    eve.choose_value("Currency", "USD")
    eve.fill("Postage", "4")
    eve.press("Next: time")
    eve.press("Next: preview")
    item = eve.path.replace("/sell/", "/auctions/").removesuffix("/preview")
    live_app.open_bidding(item)
    eve.press("List item")
    eve.heads("Oak chair")

    live_app.world.member("Bob").bid(item, "20")
    live_app.world.member("Ada").bid(item, "40")
    close(live_app.world, item)

    eve.go("/my/sales")
    eve.sees("Waiting for payment")
    eve.sees_text(eve.money("21.00"))
    eve.go("/my/orders")
    eve.follow("Oak chair")
    eve.sees_text(email_of("Ada"))


@in_every_look
def test_a_bidder_comes_from_the_search_to_the_win(live_app: LiveApp, look: Look) -> None:
    live_app.world.member("Sam").list_item()
    ada, bob = live_app.person("Ada", look), live_app.world.member("Bob")
    ada.go("/search?q=lamps")
    ada.open_card(_TITLE)
    item = ada.path
    confirm_bid(ada, item, "20")
    ada.heads("You are the highest bidder")
    bob.bid(item, "30")
    ada.go("/my/bids")
    ada.sees("Outbid")
    confirm_bid(ada, item, "60")
    ada.heads("You are the highest bidder")
    close(live_app.world, item)

    ada.go(item)
    ada.sees("You have won")
    ada.follow_call("To the order")
    ada.sees("Order placed")


@in_every_look
def test_a_moderator_comes_from_a_report_to_its_appeal(live_app: LiveApp, look: Look) -> None:
    world = live_app.world
    seller = world.member("Sam", language=look.language)
    item = seller.list_item()
    ada, sam = live_app.person("Ada", look), live_app.known(seller, look)
    nora = live_app.known(world.moderator("Nora", language=look.language), look)
    ada.go(item)
    ada.follow("Report this item")
    ada.tick("It is a fake")
    ada.fill("Please explain", "The base is plastic.")
    ada.press("Send report")
    nora.go("/moderation")
    nora.follow(_TITLE)
    act(nora, "Hide the item", "It is plastic.")
    world.carry_out()
    ada.go("/my/notices")
    ada.sees("Your report was looked at")

    sam.go(appeal_link(world, "Sam"))
    sam.sees_text("It is plastic.")
    sam.fill("Why do you think so?", "It is brass: see the bill.")
    sam.press("Send the appeal")
    nora.go("/moderation")
    nora.sees_text("It is brass: see the bill.")
    nora.follow("The item was removed")
    nora.tick("Lift the decision")
    nora.fill("Reason", "Brass indeed.")
    nora.press("Apply")
    world.carry_out()

    sam.go("/my/notices")
    sam.sees("Our decision is lifted")
    ada.go(item)
    ada.heads(_TITLE)


@in_every_look
def test_of_a_banned_seller_nobody_buys(live_app: LiveApp, look: Look) -> None:
    world = live_app.world
    seller = world.member("Sam", language=look.language)
    item, ada = seller.list_item(), live_app.person("Ada", look)
    sam = live_app.known(seller, look)
    confirm_bid(ada, item, "20")
    nora = live_app.known(world.moderator("Nora", language=look.language), look)
    nora.go(f"/moderation{path_of(world.customer_url('Sam'))}")
    act(nora, "Close the seller's account", "Third fake.")
    world.carry_out()

    ada.go("/my/bids")
    expect(ada.page.locator(".badge.winning")).to_have_count(0)
    ada.go("/my/notices")
    ada.sees("The bidding is stopped")
    ada.go(item)
    ada.heads("This item was removed")
    ada.go("/search?q=lamp")
    ada.misses_text(_TITLE)
    sam.go("/sign-in")
    sign_in(sam, "Sam", password_of("Sam"))
    sam.sees("This account was closed by the house.")


@in_every_look
def test_of_a_banned_leader_the_next_one_leads(live_app: LiveApp, look: Look) -> None:
    world = live_app.world
    item, bob = world.member("Sam").list_item(), world.member("Bob", language=look.language)
    ada = live_app.person("Ada", look)
    confirm_bid(ada, item, "20")
    bob.bid(item, "40")
    ada.go(item)
    ada.sees("You have been outbid")
    nora = live_app.known(world.moderator("Nora", language=look.language), look)
    nora.go(f"/moderation{path_of(world.customer_url('Bob'))}")
    act(nora, "Close the seller's account", "Never pays.")
    world.carry_out()
    live_app.refresh(item)

    ada.go(item)
    ada.sees("You are the highest bidder")
    close(world, item)
    ada.go(item)
    ada.sees("You have won")
