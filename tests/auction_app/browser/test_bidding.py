"""A bid's way through the pages; buying at once; taking back."""

from playwright.sync_api import expect

from tests.auction_app.browser.live_app import LiveApp
from tests.auction_app.browser.variants import Look, in_every_look, in_two_looks
from tests.auction_app.browser.visitor import Visitor


def review(who: Visitor, item: str, maximum: str) -> None:
    who.go(item)
    who.fill("Your maximum", maximum)
    who.press("Review bid")


@in_two_looks
def test_a_bid_is_reviewed_confirmed_and_answered(live_app: LiveApp, look: Look) -> None:
    item, ada = live_app.world.member("Sam").list_item(), live_app.person("Ada", look)
    review(ada, item, "1.234")
    ada.is_told("Your maximum", UNCLEAR)
    expect(ada.field("Your maximum")).to_have_value("1.234")
    review(ada, item, "3")
    ada.is_told(
        "Your maximum",
        "Your maximum is too low: a bid has to be at least %(minimum)s now.",
        minimum=ada.money("10.00"),
    )
    review(ada, item, f"30{ada.decimal_mark}50")
    ada.sees_text(ada.money("30.50"))
    ada.sees("A bid is binding: if you win, you buy.")
    ada.press("Confirm bid")
    ada.heads("You are the highest bidder")

    ada.follow_call("Back to the item")
    ada.sees("You are the highest bidder")
    expect(ada.page.locator("#history-table tbody tr")).to_have_count(1)
    ada.follow("Show my maximum")
    ada.sees_text(ada.money("30.50"))


UNCLEAR = "This can be read in two ways: write 1234 or 1234.00 for thousands, 1.23 for cents."


@in_two_looks
def test_who_is_outbid_at_once_may_answer_in_one_click(live_app: LiveApp, look: Look) -> None:
    item, ada = live_app.world.member("Sam").list_item(), live_app.person("Ada", look)
    live_app.world.member("Bob").bid(item, "40")
    review(ada, item, "20")
    ada.press("Confirm bid")
    ada.heads("You have been outbid at once")

    ada.press("Bid %(minimum)s", minimum=ada.money("22"))

    ada.heads("Review your bid")
    ada.sees_text(ada.money("22"))


@in_two_looks
def test_a_bid_outlives_an_outage(live_app: LiveApp, look: Look) -> None:
    item, ada = live_app.world.member("Sam").list_item(), live_app.person("Ada", look)
    review(ada, item, "20")
    live_app.world.bids.down = True
    ada.press("Confirm bid")
    ada.sees("You can safely send it again: however often it is sent, it is one bid.")
    eve = live_app.stranger(look)
    eve.go(item)
    eve.sees("The bidding service does not answer. You see the state of")

    live_app.world.bids.down = False
    ada.press("Send it again")

    ada.heads("You are the highest bidder")


@in_every_look
def test_an_item_is_bought_at_once(live_app: LiveApp, look: Look) -> None:
    item = live_app.world.member("Sam").list_item(buy_now="99.00")
    ada = live_app.person("Ada", look)
    ada.go(item)
    ada.follow_call("Buy now for %(price)s", price=ada.money("99"))
    ada.sees("Buying is binding: the auction ends at once and you owe this price and the postage.")
    ada.press("Buy it now")

    ada.sees("It is yours: you bought it at the buy-now price.")
    ada.follow_call("To the order")
    ada.sees("Order placed")


@in_every_look
def test_a_bid_is_taken_back(live_app: LiveApp, look: Look) -> None:
    item = live_app.world.member("Sam").list_item()
    member = live_app.world.member("Ada", language=look.language)
    member.bid(item, "40")
    ada = live_app.known(member, look)
    ada.go(item)
    ada.follow("Show my maximum")
    ada.follow("Take your bids back")
    ada.press("Take my bids back")

    ada.sees("Your bids are taken back.")
    expect(ada.page.locator("#bid-count")).to_have_text("0")
