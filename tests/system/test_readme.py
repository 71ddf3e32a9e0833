"""The README's pages on paying and on subscribing an own service, followed to the letter."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from bids_client import BidsClient, Money
from playwright.sync_api import Browser
from service_kit.http import HttpClient

from tests.browser.chromium import patient
from tests.sockets import free_port
from tests.system.bidder import PASSWORDS
from tests.system.house import House, open_house
from tests.system.smtp import smtp_server
from tests.waiting import PATIENCE_S, wait_for

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
SHOPPING = README[README.index("### Pay for something") : README.index("## What is where")]
SECTION = README[README.index("## Subscribe your own service") : README.index("## Licence")]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One for all that the README says."""
    var = tmp_path_factory.mktemp("house") / "var"
    with (
        smtp_server() as letters,
        open_house(var, SMTP_URL=f"smtp://127.0.0.1:{letters.port}") as house,
    ):
        yield house


class Reader:
    """Somebody who types what the README says, on other ports."""

    def __init__(self, house: House, folder: Path) -> None:
        self.port = free_port()
        self.folder = folder
        self.output = folder / "my_service.log"
        self._changes = {
            ":9100": f":{self.port}",
            "var/": f"{house.settings['VAR_DIR']}/",
            ".venv/bin/": f"{Path(sys.executable).parent}/",
        }
        (folder / "my_service.py").write_text(self.block("python"))

    def block(self, language: str, number: int = 0) -> str:
        """A fenced block of the section, with this house's folders and a free port."""
        blocks = re.findall(r"^```(\w*)\n(.*?)^```$", SECTION, re.DOTALL | re.MULTILINE)
        text: str = [text for tag, text in blocks if tag == language][number]
        for old, new in self._changes.items():
            text = text.replace(old, new)
        return text

    def shell(self, script: str) -> str:
        """Type a script into a terminal of its own; what it says."""
        done = subprocess.run(
            ["bash", "-euc", script],
            cwd=self.folder,
            env=self.clean,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            timeout=60,
        )
        return str(done.stdout)

    @property
    def clean(self) -> dict[str, str]:
        """What a new terminal knows."""
        return {name: os.environ[name] for name in ("PATH", "HOME")} | {"PYTHONUNBUFFERED": "1"}


@pytest.fixture
def reader(house: House, tmp_path: Path) -> Iterator[Reader]:
    reader = Reader(house, tmp_path)
    with reader.output.open("wb") as log:
        second_terminal = subprocess.Popen(
            ["bash", "-euc", f"{reader.block('sh')}\n{reader.block('sh', 1)}"],
            cwd=tmp_path,
            env=reader.clean,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    wait_for(lambda: "Listening at" in reader.output.read_text(), what=str(reader.output))
    yield reader
    os.killpg(second_terminal.pid, signal.SIGKILL)
    second_terminal.wait(PATIENCE_S)


class Shopper:
    """Somebody at a browser who presses what the README has in bold."""

    def __init__(self, name: str, browser: Browser, web: str) -> None:
        self.page = patient(browser.new_page(locale="en-US"))
        self.page.goto(f"{web}/sign-in")
        self.page.get_by_label("E-mail").fill(f"{name.lower()}@example.org")
        self.page.get_by_label("Password").fill(PASSWORDS[name])
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.get_by_role("button", name="Sign out").wait_for()
        self.page.goto(web)

    def press(self, words: str) -> None:
        """Load the page until it has a link with these words, or a button, and click it."""
        link = self.page.get_by_role("link", name=words)
        found = link.or_(self.page.get_by_role("button", name=words, exact=True))
        here = self.page.url
        wait_for(lambda: found.count() or (self.page.goto(here) and 0), what=f"{words} on {here}")
        found.first.click()


def test_a_newcomer_pays_for_something(house: House, browser: Browser) -> None:
    pressed = re.findall(r"\*\*(.+?)\*\*", SHOPPING)
    ada, martha = (Shopper(name, browser, house.url("auctions")) for name in ("Ada", "Martha"))
    for words in pressed:
        if words == "Save the address":
            for label, value in ADDRESS.items():
                ada.page.get_by_label(label).fill(value)
            ada.page.get_by_label("Country").select_option("GB")
        shopper = martha if words in {"My sales", "Payouts"} else ada
        shopper.press(words)
        if words == "Receipt":
            assert "$60.00" in ada.page.inner_text("main")
    owed = martha.page.locator("main dl")
    wait_for(lambda: "$54.00" in owed.inner_text() or not martha.page.reload(), what="the payout")


ADDRESS = {"Street and number": "12 Mill Lane", "Town": "Leeds"}


def test_a_newcomers_service_hears_of_a_bid(house: House, reader: Reader) -> None:
    subscribe, look = reader.block("sh", 2), reader.block("sh", 3)
    told = json.loads(reader.shell(f"{subscribe} >&2\n{look}"))
    assert "bidding" in told["_links"]
    web, bids_url = house.url("auctions"), house.url("bids")
    with HttpClient({web: None}) as client:
        auction = client.get(f"{web}/").json()["_embedded"]["auctions"][0]
    start_price = Money.parse(auction["terms"]["start_price"])
    with BidsClient(bids_url, house.settings["AUCTIONS_BIDS_TOKEN"]) as bids:
        auction_url = auction["_links"]["self"]["href"]
        bid = bids.place(auction_url, f"{web}/customers/me", start_price, idempotency_key="k")
    wait_for(
        lambda: f"create {bid.url}" in reader.output.read_text(),
        what=f"my_service to print the bid: {reader.output}",
    )
