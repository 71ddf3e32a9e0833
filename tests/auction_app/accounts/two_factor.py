"""An account with two-factor sign-in, and the app that shows its codes."""

import re
from dataclasses import dataclass

import pyotp
from werkzeug.test import TestResponse

from tests.auction_app.conftest import Browser, World, password_of


@dataclass
class Phone:
    """The app, with a clock that may be wrong by some seconds."""

    world: World
    secret: str
    off_by_s: int = 0

    def code(self) -> str:
        shown_at_s = self.world.clock.now_ms // 1000 + self.off_by_s
        return pyotp.TOTP(self.secret).at(shown_at_s)


def set_up(browser: Browser, name: str) -> tuple[Phone, list[str]]:
    """Turn it on; returns the app and the recovery codes."""
    asked = browser.post("/account/two-factor/begin", {"password": password_of(name)})
    phone = Phone(browser.world, secret_in(asked))
    answer = browser.post("/account/two-factor", {"setup": setup_in(asked), "code": phone.code()})
    assert answer.status_code == 200, answer.text
    return phone, codes_in(answer)


def secret_in(answer: TestResponse) -> str:
    match = re.search(r'id="secret">([A-Z2-7 ]+)<', answer.text)
    assert match, answer.text
    return match[1].replace(" ", "")


def setup_in(answer: TestResponse) -> str:
    match = re.search(r'name="setup" value="([^"]+)"', answer.text)
    assert match, answer.text
    return match[1]


def codes_in(answer: TestResponse) -> list[str]:
    return re.findall(r"<code>([a-z0-9-]{19})</code>", answer.text)


def second_step(browser: Browser, code: str) -> TestResponse:
    browser.get("/sign-in/code")
    return browser.post("/sign-in/code", {"code": code})


def is_signed_in(browser: Browser) -> bool:
    return browser.get("/account").status_code == 200
