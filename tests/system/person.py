"""A person at a browser: signs up, lists, bids, and reads the mail."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from html import unescape
from io import BytesIO

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page

from tests.browser.chromium import patient
from tests.system.smtp import Letters, text_of
from tests.waiting import wait_for

PASSWORD = "correct horse battery"


def photo() -> bytes:
    """A small JPEG made on the spot."""
    image = Image.new("RGB", (640, 480), "#336699")
    ImageDraw.Draw(image).ellipse((160, 80, 480, 400), fill="#ffcc66")
    buffer = BytesIO()
    image.save(buffer, "JPEG")
    return buffer.getvalue()


def link_in(message: EmailMessage, containing: str) -> str:
    """The link of a mail's text that contains these words."""
    (link,) = {
        url for url in re.findall(r"https?://[^\s>]+", text_of(message)) if containing in url
    }
    return str(link)


@dataclass
class Person:
    """Somebody with a name, an address and a browser of their own."""

    name: str
    page: Page
    letters: Letters
    web: str

    @classmethod
    def arrive(
        cls, name: str, browser: Browser, letters: Letters, web: str, *, scripts: bool = True
    ) -> "Person":
        """Open a browser without cookies, in English and UTC."""
        context = browser.new_context(
            locale="en-US", timezone_id="UTC", java_script_enabled=scripts
        )
        return cls(name, patient(context.new_page()), letters, web)

    @property
    def address(self) -> str:
        """The person's e-mail address."""
        return f"{self.name.lower()}@example.org"

    def mails(self) -> list[EmailMessage]:
        """What arrived for this person about bids and sales: all but mails about the account."""
        return [mail for mail in self.letters.to(self.address) if mail["List-Unsubscribe"]]

    def join(self) -> None:
        """Sign up, follow the link in the mail, sign in."""
        self.sign_up()
        (mail, *_) = wait_for(lambda: self.letters.to(self.address), what="verification mail")
        self.sign_in()
        self.page.goto(link_in(mail, "verify-email"))
        self.page.get_by_role("button", name="It is mine").click()

    def sign_up(self) -> None:
        """Fill the sign-up form."""
        self.page.goto(self.web)
        self.page.get_by_role("link", name="Create account").click()
        self.page.get_by_label("Name").fill(self.name)
        self.page.get_by_label("E-mail").fill(self.address)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Create account").click()
        self.page.get_by_role("heading", name="Check your mail").wait_for()

    def sign_in(self) -> None:
        """Fill the sign-in form."""
        self.page.goto(f"{self.web}/sign-in")
        self.page.get_by_label("E-mail").fill(self.address)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.get_by_role("button", name="Sign out").wait_for()

    def list_item(
        self, title: str, *, start_price: str, seconds: int, prices: Mapping[str, str] | None = None
    ) -> str:
        """List an item that ends `seconds` after its end is chosen; returns its URL. `prices` are
        other fields beside the start price, by their labels; without them it is sent for free."""
        self.page.get_by_role("link", name="Sell").click()
        self.page.get_by_role("button", name="Start a listing").click()
        self.page.get_by_label("Title").fill(title)
        self.page.get_by_label("Description", exact=True).fill("As good as it looks.")
        self.page.get_by_label("Category").select_option("home")
        self.page.get_by_role("button", name="Next").click()
        self.page.get_by_label("Add photos").set_input_files(
            {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": photo()}
        )
        self.page.locator(".photos img").wait_for()
        self.page.get_by_label("Describe photo 1").fill("A yellow disc on blue")
        self.page.get_by_role("button", name="Next").click()
        self.page.get_by_label("Start price").fill(start_price)
        if not prices:
            self.page.get_by_label("Delivery", exact=True).select_option("free")
        for label, price in (prices or {}).items():
            self.page.get_by_label(label, exact=True).fill(price)
        self.page.get_by_role("button", name="Next").click()
        ends = datetime.now(UTC) + timedelta(seconds=seconds)
        self.page.get_by_label("Ends").fill(ends.strftime("%Y-%m-%dT%H:%M:%S"))
        self.page.get_by_role("button", name="Next").click()
        self.page.get_by_role("button", name="List item").click()
        self.page.get_by_role("heading", name=title).wait_for()
        return self.page.url

    def bid(self, item: str, maximum: str) -> str:
        """Form, review, confirm; returns the heading of the result."""
        self.page.goto(item)
        self.page.get_by_label("Your maximum").fill(maximum)
        self.page.get_by_role("button", name="Review bid").click()
        self.page.get_by_role("button", name="Confirm bid").click()
        return self.page.get_by_role("heading", level=1).inner_text()

    def wait_to_see(self, words: str, url: str) -> None:
        """Wait until a page shows these words."""
        self.wait_for_page(url, words, lambda: words in self.page.inner_text("main"))

    def wait_for_page(self, url: str, words: str, shows: Callable[[], bool] = lambda: True) -> None:
        """Load a page until these words are in it and it `shows` what it should. What has not come
        yet is asked for without the browser: to draw a page takes those who are waited for ten
        times as long as to answer with it."""
        wait_for(
            lambda: words in self._answer(url) and self.page.goto(url) and shows(),
            what=f"{words} on {url}",
        )

    def _answer(self, url: str) -> str:
        """What is at a URL for this person's browser, undrawn."""
        return unescape(self.page.request.get(url, headers={"Accept": "text/html"}).text())
