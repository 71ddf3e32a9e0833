"""Listing and bidding with Tab, Enter, Space, arrows and letters alone, on a phone's width: the
focus is seen wherever it is, nothing lies over it, and nothing keeps it."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.auction_app.browser.live_app import LiveApp
from tests.auction_app.browser.test_wizard import file
from tests.auction_app.browser.variants import Look
from tests.auction_app.browser.visitor import Visitor
from tests.auction_app.conftest import email_of, password_of

_MOST_STOPS = 120
_MOST_PARTS = 9
"""A field for a moment is one element with a stop for each of its parts, and one for its calendar.
"""
_FOCUS = """() => {
  const it = document.activeElement;
  if (!it || it === document.body) return null;
  const style = getComputedStyle(it), box = it.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const label = it.labels?.[0]?.textContent ?? "";
  const name = it.getAttribute("aria-label") || label || it.textContent || it.value || "";
  return {
    name: name.replace(/\\s+/g, " ").trim(),
    shown: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0)
      || style.boxShadow !== "none",
    free: !!top && (it.contains(top) || top.contains(it)),
    at: [it.tagName, it.id, it.name ?? "", it.getAttribute("href") ?? "", box.x, box.y + scrollY]
      .join(" "),
  };
}"""


class Keys:
    """Somebody without a mouse."""

    def __init__(self, who: Visitor) -> None:
        self.who, self.page = who, who.page

    def tab_to(self, name: str, **variables: object) -> None:
        """Press Tab until the focus is on what is called so."""
        wanted = self.who.says(name, **variables)
        been: list[str] = []
        for _ in range(_MOST_STOPS):
            self.page.keyboard.press("Tab")
            if (found := self._focus()) is None:
                continue
            been.append(found["at"])
            stays = been[-_MOST_PARTS:] == [found["at"]] * _MOST_PARTS
            assert not stays, f"the focus stays at {found['name']}"
            assert found["shown"], f"no one sees that the focus is on {found['name']}"
            assert found["free"], f"something lies over {found['name']}"
            if found["name"].startswith(wanted):
                return
        raise AssertionError(f"no Tab leads to {wanted}: {been}")

    def press(self, name: str, key: str = "Enter", **variables: object) -> None:
        """Go to a button or link, and press it: a page comes."""
        self.tab_to(name, **variables)
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def type(self, label: str, text: str, **variables: object) -> None:
        """Go to a field, and type."""
        self.tab_to(label, **variables)
        self.page.keyboard.type(text)

    def _focus(self) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self.page.evaluate(_FOCUS)
        return found


@pytest.fixture(params=[Look(True, 360, "en"), Look(False, 360, "de")], ids=str)
def stranger(live_app: LiveApp, request: pytest.FixtureRequest) -> Visitor:
    """Somebody who has an account, and is not signed in yet."""
    look: Look = request.param
    live_app.world.member("Ada", language=look.language)
    return live_app.stranger(look)


def sign_in(keys: Keys, path: str) -> None:
    keys.who.go(path)
    keys.type("E-mail", email_of("Ada"))
    keys.type("Password", password_of("Ada"))
    keys.press("Sign in")


def test_a_bid_is_placed_by_keyboard(live_app: LiveApp, stranger: Visitor) -> None:
    live_app.world.member("Sam").list_item()
    keys = Keys(stranger)
    sign_in(keys, "/sign-in")
    keys.type("What are you looking for?", "lamp")
    keys.press("Search", "Space")
    keys.press("Brass desk lamp")
    keys.type("Your maximum", f"30{stranger.decimal_mark}50")
    keys.press("Review bid")
    keys.press("Confirm bid", "Space")

    stranger.heads("You are the highest bidder")


def test_an_item_is_listed_by_keyboard(live_app: LiveApp, stranger: Visitor) -> None:
    keys, page = Keys(stranger), stranger.page
    # From now on a chooser is told of: asked when the key is pressed, it may open before.
    page.on("filechooser", lambda _chooser: None)
    sign_in(keys, "/sign-in")
    if stranger.look.scripts:
        keys.tab_to("Menu")
        page.keyboard.press("Enter")
    else:
        keys.tab_to("Menu")
        page.keyboard.press("Space")
    keys.press("Sell")
    keys.press("Start a listing")
    keys.type("Title", "Oak chair")
    keys.type("Description", "Sits well.")
    keys.tab_to("Category")
    page.keyboard.press("ArrowDown")
    keys.press("Next: photos")
    keys.tab_to("Add photos")
    if stranger.look.scripts:
        with page.expect_file_chooser() as chooser:
            page.keyboard.press("Enter")
        chooser.value.set_files([file("a.jpg")])
    else:  # the tool that drives the browser hears of no chooser here
        page.locator("input:focus").set_input_files([file("a.jpg")])
        keys.press("Upload")
    expect(page.locator(".photos li")).to_have_count(1)
    live_app.prepare_photos()
    stranger.go_again()
    keys.type("Describe photo %(n)d", "Front", n=1)
    keys.press("Next: price")
    keys.type("Start price", "25")
    keys.type("Postage", "4")
    keys.press("Next: time")
    keys.press("Next: preview")
    live_app.open_bidding(stranger.path.replace("/sell/", "/auctions/").removesuffix("/preview"))
    keys.press("List item", "Space")

    stranger.heads("Oak chair")


def test_the_menu_and_the_large_photo_let_go_of_the_focus(
    live_app: LiveApp, stranger: Visitor
) -> None:
    item, keys = live_app.world.member("Sam").list_item(), Keys(stranger)
    stranger.go(item)
    keys.tab_to("Menu")
    stranger.page.keyboard.press("Enter")
    keys.tab_to("Sign in")
    stranger.page.keyboard.press("Escape")
    expect(stranger.page.locator("#menu")).to_be_hidden()
    _open_photo(stranger.page)
    stranger.page.keyboard.press("Enter")
    keys.tab_to("Close")
    stranger.page.keyboard.press("Enter")
    expect(stranger.page.locator(".lightbox:visible")).to_have_count(0)
    keys.tab_to("Sign in to bid")


def _open_photo(page: Page) -> None:
    for _ in range(_MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("!!document.activeElement.closest('.gallery')"):
            return
    raise AssertionError("no Tab leads to the photo")
