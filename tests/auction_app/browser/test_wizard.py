"""Listing an item in a browser, with scripts and without."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.auction_app.browser.street import Street
from tests.auction_app.conftest import photo_file


def file(name: str) -> Any:
    return {"name": name, "mimeType": "image/jpeg", "buffer": photo_file().getvalue()}


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


@pytest.mark.parametrize(("scripts", "width"), [(True, 1280), (False, 320)])
def test_an_item_is_listed_step_by_step(street: Street, scripts: bool, width: int) -> None:
    sam = street.visitor(name="Sam", scripts=scripts, width=width)
    sam.goto(f"{street.url}/sell")
    press(sam, "Start a listing")
    sam.get_by_label("Title").fill("Oak chair")
    sam.get_by_label("Description", exact=True).fill("Sits well.")
    press(sam, "Next: photos")
    sam.get_by_label("Add photos").set_input_files([file("a.jpg"), file("b.jpg")])
    if not scripts:
        press(sam, "Upload")
    expect(sam.locator(".photos li")).to_have_count(2)
    street.prepare_photos()
    if not scripts:
        sam.reload()
    expect(sam.locator(".photos img")).to_have_count(2)
    sam.get_by_label("Photo 1: what is to be seen?").fill("Front")
    sam.get_by_label("Photo 2: what is to be seen?").fill("Back")
    sam.get_by_role("button", name="Move photo 2 up").focus()
    sam.keyboard.press("Enter")
    expect(sam.get_by_label("Photo 1: what is to be seen?")).to_have_value("Back")
    press(sam, "Next: price")
    sam.get_by_label("Start price").fill("25")
    press(sam, "Next: time")
    press(sam, "Next: preview")
    expect(sam.get_by_text("Ada sets")).to_be_visible()
    press(sam, "List item")

    expect(sam.get_by_role("heading", level=1)).to_have_text("Oak chair")
    expect(sam.locator(".item-photos img").first).to_have_attribute("alt", "Back")


def test_what_is_typed_is_saved_without_a_button(street: Street) -> None:
    sam = street.visitor(name="Sam")
    sam.goto(f"{street.url}/sell")
    press(sam, "Start a listing")

    with sam.expect_response(lambda it: it.status == 204):
        sam.get_by_label("Title").fill("Half a chair")
    expect(sam.locator("#saved")).to_contain_text("Saved")

    sam.reload()
    expect(sam.get_by_label("Title")).to_have_value("Half a chair")
