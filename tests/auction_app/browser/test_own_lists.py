"""What is one's own: bids, sales, the watchlist, news and which of it comes by mail."""

from playwright.sync_api import expect

from tests.auction_app.browser.live_app import LiveApp
from tests.auction_app.browser.variants import Look, in_two_looks


@in_two_looks
def test_bids_and_sales_are_listed_by_how_they_stand(live_app: LiveApp, look: Look) -> None:
    sam, ada, bob = (
        live_app.world.member(name, language=look.language) for name in ("Sam", "Ada", "Bob")
    )
    lamp = sam.list_item()
    live_app.world.clock.pass_s(1)
    clock = sam.list_item(title="Station clock")
    ada.bid(lamp, "20")
    ada.bid(clock, "20")
    bob.bid(clock, "40")
    bidder, seller = live_app.known(ada, look), live_app.known(sam, look)
    bidder.go("/")
    bidder.follow_menu("My bids")
    bidder.sees("Winning")
    bidder.follow("Outbid")
    expect(bidder.page.locator(".card-title")).to_have_text(["Station clock"])
    bidder.follow("Won or bought")
    bidder.sees("Nothing here.")

    seller.go("/")
    seller.follow_menu("My sales")
    expect(seller.page.locator(".card-title")).to_have_text(["Station clock", "Brass desk lamp"])
    seller.follow("Sold")
    seller.sees("Nothing here.")


@in_two_looks
def test_an_item_is_watched_for_a_while(live_app: LiveApp, look: Look) -> None:
    item, ada = live_app.world.member("Sam").list_item(), live_app.person("Ada", look)
    ada.go("/my/watchlist")
    ada.sees("Your watchlist is empty. Use the button Watch on an item's page.")
    ada.go(item)
    ada.press("Watch")
    ada.sees("It is on your watchlist.")
    ada.follow_menu("Watchlist")
    ada.sees_text("Brass desk lamp")

    ada.go(item)
    ada.press("Stop watching")
    ada.go("/my/watchlist")

    ada.misses_text("Brass desk lamp")


@in_two_looks
def test_news_is_read_and_its_mails_switched_off(live_app: LiveApp, look: Look) -> None:
    item = live_app.world.member("Sam").list_item()
    member = live_app.world.member("Ada", language=look.language)
    member.bid(item, "20")
    live_app.world.member("Bob").bid(item, "40")
    ada = live_app.known(member, look)
    ada.go("/")
    ada.follow_menu("Notifications")
    ada.sees("You have been outbid")
    expect(ada.page.locator(".unread")).to_have_count(1)
    ada.press("Mark all as read")
    expect(ada.page.locator(".unread")).to_have_count(0)

    ada.follow("E-mail notifications")
    ada.choose("I am outbid", "Once a day")
    ada.press("Save")
    ada.sees("Saved.")
    ada.go(live_app.world.mailed_link("Ada", "unsubscribe").replace("{kind}", "won"))
    ada.press("Switch them off")
    ada.heads("Switched off")
    ada.follow_call("Choose among all mails")

    expect(ada.field("I am outbid")).to_have_value("daily")
    expect(ada.field("Auction won")).to_have_value("off")
