"""Moderators: reports in, acts out, all of it on record."""

from playwright.sync_api import expect

from tests.auction_app.browser.live_app import LiveApp
from tests.auction_app.browser.variants import Look, in_two_looks
from tests.auction_app.browser.visitor import Visitor


def act(nora: Visitor, action: str, why: str) -> None:
    nora.tick(action)
    nora.fill("Reason", why)
    nora.press("Apply")
    nora.sees("Done and recorded.")


@in_two_looks
def test_a_reported_item_is_hidden_and_shown_again(live_app: LiveApp, look: Look) -> None:
    item = live_app.world.member("Sam").list_item()
    report = {"reason": "misleading", "text": "The base is plastic."}
    live_app.world.member("Ada").post(f"{item}/report", report)
    nora = live_app.known(live_app.world.moderator("Nora", language=look.language), look)
    eve = live_app.stranger(look)
    nora.go("/")
    nora.follow_menu("Moderation")
    nora.sees_text("The base is plastic.")
    nora.follow("Brass desk lamp")
    nora.tick("Hide the item")
    nora.fill("Reason", " ")
    nora.press("Apply")
    nora.is_told("Reason", "Please fill this in.")
    act(nora, "Hide the item", "It is plastic.")
    nora.sees("No open reports")
    eve.go(item)
    eve.heads("This item was removed")
    eve.go("/search?q=lamp")
    eve.misses_text("Brass desk lamp")

    nora.go(f"/moderation{item}")
    act(nora, "Show the item again", "It was brass after all.")

    eve.go("/search?q=lamp")
    eve.open_card("Brass desk lamp")
    eve.heads("Brass desk lamp")


@in_two_looks
def test_an_auction_is_ended_its_seller_banned_and_all_is_on_record(
    live_app: LiveApp, look: Look
) -> None:
    sam = live_app.world.member("Sam")
    item = sam.list_item()
    live_app.world.member("Bob").bid(item, "20")
    nora = live_app.known(live_app.world.moderator("Nora", language=look.language), look)
    nora.go(item)
    nora.follow("Moderate")
    act(nora, "End the auction", "Third fake.")
    nora.go(f"/moderation{item}")
    act(nora, "Close the seller's account", "He had been told.")
    assert sam.get("/my/sales").status_code == 401
    nora.go(item)
    nora.follow("Sam")
    nora.follow("Moderate")
    act(nora, "Open the account again", "Apologised.")

    nora.go("/moderation/trail")

    expect(nora.page.locator(".rows strong")).to_have_text(
        [
            nora.says(action)
            for action in (
                "Open the account again",
                "Close the seller's account",
                "End the auction",
            )
        ]
    )
    nora.sees_text("Third fake.")
    expect(nora.page.locator("main form")).to_have_count(0)
