"""Somebody at a browser: looks for words in the language they read, and sees when a page breaks."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency, get_decimal_symbol
from playwright.sync_api import ConsoleMessage, FilePayload, Locator, Page, expect

from auction_app.web.i18n import catalogue
from tests.auction_app.browser.variants import Look

_REFUSED = "Failed to load resource"
"""What chromium notes of every answer of 400 and above, also where that is the answer."""


_ONE_ROW, _TWO_ROWS = 80, 120
_ROOM_FOR_TWO = 1280
"""From here on one searches above the menu, elsewhere beside it."""


class Visitor:
    """Buttons, fields and sentences are named by their English messages. After each step the page
    must be in the visitor's language, no wider than the window, and free of broken scripts."""

    def __init__(self, page: Page, url: str, look: Look) -> None:
        self.page, self.url, self.look = page, url, look
        self._broken: list[str] = []
        page.on("pageerror", lambda error: self._broken.append(str(error)))
        page.on("console", self._note)

    def says(self, message: str, **variables: object) -> str:
        """The message in the visitor's language."""
        text = catalogue(self.look.language).gettext(message)
        return text % variables if variables else text

    def money(self, amount: str, currency: str = "USD") -> str:
        """An amount as the visitor reads it."""
        return str(format_currency(Decimal(amount), currency, locale=self.look.language))

    @property
    def decimal_mark(self) -> str:
        """What stands before the cents."""
        return str(get_decimal_symbol(self.look.language))

    def go(self, path: str) -> None:
        """Open one of the site's pages."""
        self.page.goto(self.url + path)
        self._look_over()

    def go_again(self) -> None:
        """Open the same page anew."""
        self.go(self.path)

    @property
    def path(self) -> str:
        """Where the visitor is."""
        return self.page.url.removeprefix(self.url).split("#")[0]

    def press(self, name: str, *, within: Locator | None = None, **variables: object) -> None:
        """Press a button that leads to a page."""
        self._click("button", name, within, **variables)

    def follow(self, name: str, *, within: Locator | None = None, **variables: object) -> None:
        """Follow a link."""
        self._click("link", name, within, **variables)

    def open_card(self, title: str) -> None:
        """Follow the card of an item in a list."""
        self._go_by(self.page.locator(".card-title").filter(has_text=title))

    def follow_call(self, name: str, **variables: object) -> None:
        """Follow a link that looks like a button."""
        self._click("button", name, None, **variables)

    def follow_menu(self, name: str) -> None:
        """Follow a link at the top of the page, where a phone has to unfold the menu first."""
        self.unfold_menu()
        link = self.page.locator("header.top").get_by_role("link")
        word = re.compile(f"^{re.escape(self.says(name))}")  # how many are unread may follow
        self._go_by(link.filter(has_text=word))

    def sign_out(self) -> None:
        """Press the button at the top of the page."""
        self.unfold_menu()
        self.press("Sign out")

    def unfold_menu(self) -> None:
        """On a phone the menu is folded."""
        fold = self.page.locator("button.fold")
        if fold.is_visible():
            fold.click()

    def unfold(self, summary: str) -> None:
        """Open what is folded away under these words."""
        self.page.locator("summary").filter(has_text=self.says(summary)).click()

    def unfold_filters(self) -> None:
        """Beside the results there is room for the filters; above them they are folded."""
        fold = self.page.locator("form.filters summary")
        if fold.is_visible():
            fold.click()

    def field(self, label: str, **variables: object) -> Locator:
        """The field with this label."""
        return self.page.get_by_label(self.says(label, **variables), exact=True)

    def fill(self, label: str, text: str, **variables: object) -> None:
        """Type into a field."""
        self.field(label, **variables).fill(text)

    def choose(self, label: str, option: str) -> None:
        """Choose from a list by what it says."""
        self.field(label).select_option(label=self.says(option))

    def choose_value(self, label: str, value: str) -> None:
        """Choose from a list what the form will send."""
        self.field(label).select_option(value=value)

    def tick(self, label: str) -> None:
        """Choose one of some."""
        self.page.get_by_role("radio", name=self.says(label), exact=True).check()

    def sees(self, message: str, **variables: object) -> None:
        """The page says this."""
        self.sees_text(self.says(message, **variables))

    def sees_text(self, text: str) -> None:
        """The page says this, whatever the language."""
        expect(self.page.locator("main")).to_contain_text(text)

    def misses_text(self, text: str) -> None:
        """The page doesn't say this."""
        expect(self.page.locator("main")).not_to_contain_text(text)

    def heads(self, message: str, **variables: object) -> None:
        """The page's heading is this."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(
            self.says(message, **variables)
        )

    def is_told(self, label: str, complaint: str, **variables: object) -> None:
        """What is wrong with a field is said at the field, to all who use it."""
        field = self.field(label)
        expect(field).to_have_attribute("aria-invalid", "true")
        said = re.compile(re.escape(self.says(complaint, **variables)))
        expect(field).to_have_accessible_description(said)

    def upload(self, label: str, files: Sequence[FilePayload]) -> None:
        """Choose files; scripts send them at once, else there is a button."""
        if self.look.scripts:
            form = self.page.locator("form[data-sent]")
            sent = int(form.get_attribute("data-sent") or 0)
            self.field(label).set_input_files(files)
            expect(form).to_have_attribute("data-sent", str(sent + len(files)))
        else:
            self.field(label).set_input_files(files)
            self.press("Upload")
        self._look_over()

    def _click(self, role: Any, name: str, within: Locator | None, **variables: object) -> None:
        place = within or self.page
        found = place.get_by_role(role, name=self.says(name, **variables), exact=True)
        self._go_by(found)

    def _go_by(self, found: Locator) -> None:
        with self.page.expect_navigation():
            found.click()
        self._look_over()

    def _look_over(self) -> None:
        lang, width, top = self.page.evaluate(
            "[document.documentElement.lang, document.documentElement.scrollWidth,"
            " document.querySelector('header.top')?.offsetHeight]"
        )
        assert lang == self.look.language, self.page.url
        assert width <= self.look.width, f"{self.page.url} is {width} px wide"
        most = _TWO_ROWS if self.look.width >= _ROOM_FOR_TWO else _ONE_ROW
        assert (top or 0) < most, f"the menu of {self.page.url} is {top} px high"
        assert self._broken == [], f"{self.page.url}: {self._broken}"

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_REFUSED):
            self._broken.append(message.text)
