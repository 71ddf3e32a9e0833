"""Finding: words, filters, pages, categories, and what one seller has."""

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from tests.auction_app.browser.live_app import LiveApp
from tests.auction_app.browser.many_items import stock
from tests.auction_app.browser.variants import Look, in_two_looks
from tests.auction_app.browser.visitor import Visitor

LAMPS = 26


def titles(visitor: Visitor) -> list[str]:
    return visitor.page.locator("main .card-title").all_inner_texts()


@in_two_looks
def test_words_and_filters_find_and_go_along_from_page_to_page(
    live_app: LiveApp, look: Look
) -> None:
    live_app.world.member("Sam")
    stock(live_app.world, [f"Lamp number {n}" for n in range(LAMPS)], category="home", price="30")
    stock(live_app.world, ["Lamp of an opera singer"], category="art", price="900")
    stock(live_app.world, ["Oak chair"], category="home", price="30")
    eve = live_app.stranger(look)
    eve.go("/")
    eve.fill("What are you looking for?", "lamp")
    eve.press("Search", within=eve.page.locator("header.top"))
    eve.unfold_filters()
    eve.choose_value("Category", "home")
    eve.choose_value("Currency", "USD")
    eve.fill("Price to", "50")
    eve.choose_value("Sort by", "newest")
    eve.press("Apply")

    asked = parse_qs(urlsplit(eve.page.url).query)
    assert (asked["q"], asked["category"], asked["sort"]) == (["lamp"], ["home"], ["newest"])
    first = titles(eve)
    eve.follow_call("More")
    found = [*first, *titles(eve)]
    assert sorted(found) == sorted(f"Lamp number {n}" for n in range(LAMPS))
    expect(eve.field("Price to")).to_have_value("50")


@in_two_looks
def test_an_unclear_price_is_told_at_its_field(live_app: LiveApp, look: Look) -> None:
    eve = live_app.stranger(look)
    eve.go("/search")
    eve.unfold_filters()
    eve.fill("Price from", "ten")
    eve.press("Apply")

    eve.is_told("Price from", "Please enter an amount, such as 12.50.")
    expect(eve.field("Price from")).to_have_value("ten")
    eve.fill("Price from", "")
    eve.press("Apply")
    eve.sees("No auctions found.")


@in_two_looks
def test_one_wanders_from_a_category_to_an_item_to_its_seller(
    live_app: LiveApp, look: Look
) -> None:
    live_app.world.member("Sam")
    stock(live_app.world, ["Oak chair", "Elm stool"], category="home", price="30")
    eve = live_app.stranger(look)
    eve.go("/")
    eve.follow("Home and garden")
    eve.follow("Elm stool")
    eve.heads("Elm stool")
    eve.follow("Sam")

    eve.heads("Sam")
    assert sorted(titles(eve)) == ["Elm stool", "Oak chair"]
