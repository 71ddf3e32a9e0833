"""The README's page on subscribing an own service, followed to the letter."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from bids_client import BidsClient, Money
from service_kit.http import HttpClient

from tests.sockets import free_port
from tests.system.house import House
from tests.waiting import PATIENCE_S, wait_for

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
SECTION = README[README.index("## Subscribe your own service") : README.index("## Licence")]


class Reader:
    """Somebody who types what the README says, on other ports."""

    def __init__(self, house: House, folder: Path) -> None:
        self.port = free_port()
        self.folder = folder
        self.output = folder / "my_service.log"
        self._changes = {
            "localhost:8001": f"localhost:{house.ports['bus']}",
            "localhost:9100": f"localhost:{self.port}",
            "127.0.0.1:9100": f"127.0.0.1:{self.port}",
            "var/secrets.env": f"{house.settings['VAR_DIR']}/secrets.env",
            ".venv/bin/": f"{Path(sys.executable).parent}/",
        }
        (folder / "my_service.py").write_text(self.block("python"))

    def block(self, language: str, number: int = 0) -> str:
        """A fenced block of the section, with this house's ports."""
        blocks = re.findall(r"^```(\w*)\n(.*?)^```$", SECTION, re.DOTALL | re.MULTILINE)
        return self._here([text for tag, text in blocks if tag == language][number])

    def inline(self, containing: str) -> str:
        """An inline command of the section."""
        return self._here(re.findall(rf"`([^`\n]*{containing}[^`\n]*)`", SECTION)[0])

    def shell(self, script: str) -> None:
        """Type a script into a shell."""
        subprocess.run(["bash", "-euc", script], cwd=self.folder, check=True, timeout=60)

    def _here(self, text: str) -> str:
        for old, new in self._changes.items():
            text = text.replace(old, new)
        return text


@pytest.fixture
def reader(house: House, tmp_path: Path) -> Iterator[Reader]:
    reader = Reader(house, tmp_path)
    with reader.output.open("wb") as log:
        service = subprocess.Popen(
            ["bash", "-c", f"exec {reader.inline('gunicorn')}"],
            cwd=tmp_path,
            env=dict(os.environ) | {"PYTHONUNBUFFERED": "1"},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    yield reader
    os.killpg(service.pid, signal.SIGKILL)
    service.wait(PATIENCE_S)


def test_a_newcomers_service_hears_of_a_bid(house: House, reader: Reader) -> None:
    reader.shell(reader.block("") + reader.block("", 1))
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
