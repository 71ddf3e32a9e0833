"""The page of an item: what is seen at once, and its photos."""

import pytest
from playwright.sync_api import Locator, expect

from auction_app.listings.model import LARGE, THUMBNAIL, Photo
from tests.auction_app.browser.live_app import LiveApp
from tests.auction_app.browser.many_items import stock
from tests.auction_app.browser.variants import LOOKS, Look, in_every_look
from tests.auction_app.browser.visitor import Visitor
from tests.auction_app.listing import photo_file

HIGH = 740
PHOTOS = [Photo(id=f"photo{n:02d}", alt=f"Side {n}", width=320, height=240) for n in range(1, 13)]


@pytest.fixture
def chair(live_app: LiveApp) -> LiveApp:
    """An item with twelve photos is up for auction."""
    live_app.world.member("Sam")
    for photo in PHOTOS:
        live_app.world.parts.files.write(
            photo.id, {size: photo_file().getvalue() for size in (LARGE, THUMBNAIL)}
        )
    stock(live_app.world, ["Oak chair"], category="home", price="30", photos=PHOTOS)
    return live_app


def is_seen(visitor: Visitor, what: Locator) -> bool:
    """Whether all of it is within the window, without scrolling."""
    box = what.bounding_box()
    window = visitor.page.viewport_size
    assert box is not None
    assert window is not None
    return box["y"] >= 0 and box["y"] + box["height"] <= window["height"]


@in_every_look
def test_what_one_bids_by_is_on_the_first_screen(chair: LiveApp, look: Look) -> None:
    for who in (chair.person("Ada", look), chair.stranger(look)):
        who.page.set_viewport_size({"width": look.width, "height": HIGH})
        who.go("/")
        who.open_card("Oak chair")
        page = who.page
        control = page.locator(".bid-control input:visible, .bid-control [role=button]").first
        photo = page.locator(".gallery img").first
        for what in (photo, page.locator("#price"), page.locator("#left"), control):
            assert is_seen(who, what), what


@in_every_look
def test_photos_are_gone_through_and_looked_at_large(chair: LiveApp, look: Look) -> None:
    eve = chair.stranger(look)
    eve.go("/")
    eve.open_card("Oak chair")
    page = eve.page
    photos, large = page.locator(".gallery img"), page.locator(".lightbox:visible img")
    expect(photos).to_have_count(len(PHOTOS))
    expect(large).to_have_count(0)
    if look.width >= 960:
        page.locator(".gallery-strip a").nth(3).click()
        expect(photos.nth(3)).to_be_in_viewport(ratio=0.5)
        expect(photos.nth(0)).not_to_be_in_viewport()
    else:
        photos.nth(3).scroll_into_view_if_needed()
    photos.nth(3).click()
    expect(large).to_have_attribute("alt", "Side 4")
    eve.follow("Next", within=page.locator(".lightbox:visible"))
    expect(large).to_have_attribute("alt", "Side 5")
    eve.follow("Close", within=page.locator(".lightbox:visible"))
    expect(large).to_have_count(0)
    page.go_back()
    expect(large).to_have_attribute("alt", "Side 5")


def test_the_very_first_page_shows_times_in_the_zone_of_the_browser(chair: LiveApp) -> None:
    eve = chair.stranger(LOOKS[0])
    eve.page.add_init_script(IN_TOKYO)
    eve.go("/")
    eve.open_card("Oak chair")

    expect(eve.page.locator("#zone")).to_have_text("Asia/Tokyo")
    expect(eve.page.locator("#ends time")).to_contain_text("GMT+9")


IN_TOKYO = """
const plain = Intl.DateTimeFormat.prototype.resolvedOptions;
Intl.DateTimeFormat.prototype.resolvedOptions = function () {
  return { ...plain.call(this), timeZone: "Asia/Tokyo" };
};
Object.defineProperty(document, "cookie", { set() {}, get: () => "" });
"""
