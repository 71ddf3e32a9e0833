"""A demo account that bids over the forms without a browser: where many bids are to be placed."""

import re
from dataclasses import dataclass, field

import requests

from auction_app.accounts.published import ACCOUNTS
from tests.waiting import PATIENCE_S, wait_for

PASSWORDS = {account.name: account.password for account in ACCOUNTS}
LAMP = "demabrasslmp"
"""Martha's; Ada and Bela bid on it."""


def _browser() -> requests.Session:
    session = requests.Session()
    session.headers["Accept"] = "text/html"  # who takes anything is a program, and gets HAL
    return session


@dataclass
class Bidder:
    """Signs in at the first bid; the session lasts, whatever is restarted meanwhile."""

    name: str
    web: str
    browser: requests.Session = field(default_factory=_browser)

    @property
    def address(self) -> str:
        """Where this person gets mail."""
        return f"{self.name.lower()}@example.org"

    def bid(self, maximum: str, item: str = LAMP) -> requests.Response:
        """Form, review, confirm; returns the answer to the last. Asserts that the bid was taken."""
        return self.confirm(self.review(maximum, item), item)

    def send(self, page: str, **fields: str) -> requests.Response:
        """Fill in the form of a page that answers its own posts."""
        if not self.browser.cookies:
            self._sign_in()
        return self._post(page, self._get(page), **fields)

    def see(self, page: str) -> str:
        """What a page shows."""
        if not self.browser.cookies:
            self._sign_in()
        return self._get(page).text

    def review(self, maximum: str, item: str = LAMP) -> requests.Response:
        """Form and review."""
        if not self.browser.cookies:
            self._sign_in()
        page = self._get(f"/auctions/{item}")
        return self._post(f"/auctions/{item}/bid/review", page, maximum=maximum)

    def confirm(self, review: requests.Response, item: str = LAMP) -> requests.Response:
        """Confirm what a review shows; may be repeated."""
        answer = self._post(f"/auctions/{item}/bid", review, ticket=_value(review, "ticket"))
        assert "highest bidder" in answer.text, answer.text
        return answer

    def _sign_in(self) -> None:
        form = self._get("/sign-in")
        known = {"email": self.address, "password": PASSWORDS[self.name]}
        # Where very many sign in they are asked to come again: on a busy machine four are many.
        wait_for(lambda: self._sent("/sign-in", form, known).status_code != 503)
        done = self._get("/account")
        assert "Sign out" in done.text, done.text

    def _get(self, path: str) -> requests.Response:
        return self._checked(self.browser.get(self.web + path, timeout=PATIENCE_S))

    def _post(self, path: str, form: requests.Response, **fields: str) -> requests.Response:
        return self._checked(self._sent(path, form, fields))

    def _sent(
        self, path: str, form: requests.Response, fields: dict[str, str]
    ) -> requests.Response:
        data = fields | {"csrf_token": _value(form, "csrf_token")}
        return self.browser.post(self.web + path, data, timeout=PATIENCE_S)

    def _checked(self, answer: requests.Response) -> requests.Response:
        assert answer.ok, f"{answer.status_code} {answer.url}: {answer.text}"
        return answer


def _value(page: requests.Response, name: str) -> str:
    """The value of the first hidden field of this name."""
    found = re.search(rf'name="{name}" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def rising(number: int) -> str:
    """The maximum of a number's bid: more than an increment above the one before."""
    return f"{500 * 1.06**number:.2f}"


class Bids:
    """Ada's and Bela's bids on the lamp, each higher than the one before, over all stages."""

    def __init__(self, web: str) -> None:
        self._turns = (Bidder("Ada", web), Bidder("Bela", web))
        self.placed = 0

    def place(self, count: int = 1) -> None:
        """Place some more."""
        for _ in range(count):
            self.confirm(self.review())

    def review(self) -> requests.Response:
        """The review of the next one."""
        return self._whose().review(rising(self.placed))

    def confirm(self, review: requests.Response) -> None:
        """Confirm it: it is placed."""
        self._whose().confirm(review)
        self.placed += 1

    def _whose(self) -> Bidder:
        return self._turns[self.placed % 2]
