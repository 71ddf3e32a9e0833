"""Listing an item in a browser."""

from playwright.sync_api import FilePayload, Route, expect

from tests.auction_app.browser.live_app import LiveApp
from tests.auction_app.browser.variants import LOOKS, Look, in_every_look, in_two_looks
from tests.auction_app.browser.visitor import Visitor
from tests.auction_app.listing import photo_file


def file(name: str, content: bytes | None = None) -> FilePayload:
    photo = content or photo_file().getvalue()
    return {"name": name, "mimeType": "image/jpeg", "buffer": photo}


def start(seller: Visitor) -> None:
    """Begin a draft and fill in its first page."""
    seller.go("/")
    seller.follow_menu("Sell")
    seller.press("Start a listing")
    seller.fill("Title", "Oak chair")
    seller.fill("Description", "Sits well.")
    seller.choose_value("Category", "home")
    seller.press("Next: photos")


@in_two_looks
def test_an_item_is_listed_step_by_step(live_app: LiveApp, look: Look) -> None:
    sam = live_app.person("Sam", look)
    start(sam)
    sam.upload("Add photos", [file("a.jpg"), file("b.jpg")])
    expect(sam.page.locator(".photos li")).to_have_count(2)
    live_app.prepare_photos()
    if not look.scripts:
        sam.go_again()
    expect(sam.page.locator(".photos img")).to_have_count(2)
    sam.fill("Describe photo %(n)d", "Front", n=1)
    sam.fill("Describe photo %(n)d", "Back", n=2)
    sam.press("Move photo %(n)d up", n=2)
    expect(sam.field("Describe photo %(n)d", n=1)).to_have_value("Back")
    sam.press("Next: price")
    sam.fill("Start price", f"25{sam.decimal_mark}50")
    sam.fill("Reserve (optional)", "40")
    sam.fill("Postage", "4")
    sam.press("Next: time")
    sam.fill("Starts (optional)", "2026-09-23T08:00:00")
    sam.choose_value("Soft close", "300")
    sam.press("Next: preview")
    currency = "EUR" if look.language == "de" else "USD"
    sam.sees_text(sam.money("25.50", currency))
    sam.sees_text(sam.money("40", currency))
    live_app.open_bidding(sam.path.replace("/sell/", "/auctions/").removesuffix("/preview"))
    sam.press("List item")

    sam.heads("Oak chair")
    sam.sees("Starts")
    sam.sees("Your reserve")
    expect(sam.page.locator(".item-photos img").first).to_have_attribute("alt", "Back")


def test_a_photo_chosen_before_the_script_is_there_goes_up_too(live_app: LiveApp) -> None:
    sam = live_app.person("Sam", LOOKS[0])
    start(sam)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    sam.page.route("**/photos.*js", hold, times=1)
    with sam.page.expect_request("**/photos.*js"):
        sam.page.goto(sam.page.url, wait_until="commit")
    sam.field("Add photos").set_input_files([file("a.jpg")])
    held[0].continue_()
    expect(sam.page.locator(".photos li")).to_have_count(1)


@in_two_looks
def test_a_step_says_what_is_wrong_with_it_before_the_next_one(
    live_app: LiveApp, look: Look
) -> None:
    sam = live_app.person("Sam", look)
    start(sam)
    sam.press("Next: price")
    sam.is_told("Add photos", "Please choose a photo.")
    sam.upload("Add photos", [file("a.jpg")])
    live_app.prepare_photos()
    sam.go(sam.path.replace("/photos/change", "/photos"))
    sam.press("Next: price")
    expect(sam.field("Describe photo %(n)d", n=1)).to_have_attribute("aria-invalid", "true")
    sam.fill("Describe photo %(n)d", "Front", n=1)
    sam.press("Next: price")
    sam.fill("Start price", "1.234")
    sam.press("Next: time")

    sam.is_told("Start price", UNCLEAR)
    expect(sam.field("Start price")).to_be_focused()
    sam.is_told("Postage", "Please fill this in.")
    expect(sam.field("Start price")).to_have_value("1.234")


UNCLEAR = "This can be read in two ways: write 1234 or 1234.00 for thousands, 1.23 for cents."


@in_every_look
def test_a_refused_photo_is_told_at_its_field_and_the_rest_is_kept(
    live_app: LiveApp, look: Look
) -> None:
    sam = live_app.person("Sam", look)
    start(sam)
    sam.upload("Add photos", [file("good.jpg")])
    sam.fill("Describe photo %(n)d", "Front", n=1)

    sam.upload("Add photos", [file("evil.jpg", b"<svg/>"), file("also-good.jpg")])

    sam.is_told("Add photos", "This is not a photo we can read. Use JPEG, PNG or WebP.")
    sam.sees_text("evil.jpg")
    expect(sam.page.locator(".photos li")).to_have_count(2)
    expect(sam.field("Describe photo %(n)d", n=1)).to_have_value("Front")
    live_app.prepare_photos()
    if look.scripts:  # it stays there when the others are shown
        expect(sam.page.locator(".photos img")).to_have_count(2)
        sam.is_told("Add photos", "This is not a photo we can read. Use JPEG, PNG or WebP.")


def test_large_photos_are_sent_one_by_one_and_made_smaller_first(live_app: LiveApp) -> None:
    sam = live_app.person("Sam", LOOKS[0])
    start(sam)
    large = photo_file(2700, 2100, "PNG", noise=True).getvalue()
    sent: list[int] = []
    sam.page.on(
        "request",
        lambda request: (
            sent.append(len(request.post_data_buffer or b""))
            if request.url.endswith("/photos/change")
            else None
        ),
    )
    expect(sam.page.get_by_text("Upload", exact=True)).to_be_hidden()  # choosing is enough
    sam.upload("Add photos", [file("one.png", large), file("two.png", large)])

    expect(sam.page.locator(".photos li")).to_have_count(2)
    expect(sam.page.locator("#uploading")).to_be_hidden()
    assert len(sent) == 2
    assert len(large) > 5_000_000


def test_what_is_typed_is_saved_without_a_button(live_app: LiveApp) -> None:
    sam = live_app.person("Sam", LOOKS[0])
    sam.go("/sell")
    sam.press("Start a listing")

    with sam.page.expect_response(lambda it: it.status == 204):
        sam.fill("Title", "Half a chair")
    expect(sam.page.locator("#saved")).to_contain_text("Saved")

    sam.go_again()
    expect(sam.field("Title")).to_have_value("Half a chair")
