"""docs/examples/receipt_printer.py prints every sale, whatever happens, and one twice at most.

Real processes: the web app and the live process on their ports, the printer beside them; its device
is a named pipe, which somebody reads as a printer does.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from escpos.printer import Dummy

from auction_app.live import create_app as create_live
from tests.auction_app.browser.live_app import live_config
from tests.auction_app.browser.serving import Server, build_world
from tests.auction_app.conftest import World
from tests.auction_app.devices.test_devices import add_device, sell_more
from tests.auction_app.live.test_live import deliver
from tests.auction_app.sale import Sale, sell
from tests.sockets import free_port
from tests.waiting import wait_for

pytestmark = pytest.mark.slow

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "receipt_printer.py"


class Warehouse:
    """Sam's shop, what it told the warehouse's device, and what that printed."""

    def __init__(self, folder: Path, empty_database: Path) -> None:
        app_port, live_port = free_port(), free_port()
        self.url, self.stream_url = (f"http://127.0.0.1:{port}" for port in (app_port, live_port))
        shutil.copy(empty_database, folder / "auctions.sqlite")
        self.world: World = build_world(folder, self.url, self.stream_url)
        config = live_config(self.url, self.stream_url)
        self._live_app = create_live(config, biddings=self.world.bids, clock=self.world.clock)
        self._servers = (Server(self.world.app, app_port), Server(self._live_app, live_port))
        self.sale: Sale = sell(self.world)
        self.token = add_device(self.sale.sam)
        self.cursor = folder / "cursor"
        self._paper, self._log, self._pipe = b"", folder / "log", folder / "printer"
        self._process: subprocess.Popen[bytes] | None = None
        for server in self._servers:
            server.start()
        self._plug_in()

    def close(self) -> None:
        self.kill()
        for server in self._servers:
            server.stop()
        self.world.parts.close()
        os.close(self._device)

    def _plug_in(self) -> None:
        os.mkfifo(self._pipe)
        self._device = os.open(self._pipe, os.O_RDWR)  # so that it never ends
        threading.Thread(target=self._print, daemon=True).start()

    def _print(self) -> None:
        while True:
            try:
                self._paper += os.read(self._device, 65536)
            except OSError:  # the test is over
                return

    def sell(self) -> str:
        """Something more; the order's id."""
        return sell_more(self.world, self.sale, self.sale.sam).rpartition("/")[2]

    def tell(self) -> None:
        """What the bus does when Sam has news."""
        url = self.world.customer_url("Sam")
        assert deliver(self._live_app, url, kind="notices.update") == 204

    def start(self, stream_url: str | None = None) -> None:
        with self._log.open("ab") as log:
            arguments = [self.url, str(self._pipe), str(self.cursor), "--pause", "0.1"]
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    str(EXAMPLE),
                    *arguments,
                    "--stream",
                    stream_url or self.stream_url,
                ],
                env=os.environ | {"DEVICE_TOKEN": self.token},
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        if self._process:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(30)
            self._process = None

    def ended(self) -> tuple[int, str]:
        """How the printer's program ended, and its last word."""
        assert self._process
        return self._process.wait(30), self._log.read_text().splitlines()[-1]

    def printed(self) -> list[str]:
        """The ids of the orders on the paper, in order."""
        return re.findall(r"^.*?([2-9a-z]{12})$", self._paper.decode("cp437"), re.MULTILINE)

    def wait_for(self, *orders: str) -> None:
        wait_for(lambda: self.printed() == [*orders], what=f"{orders} on paper")

    def wait_until_kept(self) -> None:
        wait_for(self.cursor.exists, what="the cursor is kept")


@pytest.fixture
def warehouse(tmp_path: Path, empty_database: Path) -> Iterator[Warehouse]:
    warehouse = Warehouse(tmp_path, empty_database)
    yield warehouse
    warehouse.close()


def test_every_sale_is_printed_though_it_is_unplugged_and_killed(warehouse: Warehouse) -> None:
    one = warehouse.sell()
    warehouse.start()
    warehouse.wait_for(one)
    two = warehouse.sell()
    warehouse.tell()
    warehouse.wait_for(one, two)
    warehouse.kill()
    meanwhile = [warehouse.sell() for _ in range(3)]
    warehouse.start()
    warehouse.wait_for(one, two, *meanwhile)
    # What it is to write now is a pipe that nobody reads: it stands between print and save.
    kept = warehouse.cursor.read_text()
    os.mkfifo(warehouse.cursor.with_suffix(".new"))
    again = warehouse.sell()
    warehouse.tell()
    warehouse.wait_for(one, two, *meanwhile, again)
    warehouse.kill()
    assert warehouse.cursor.read_text() == kept
    warehouse.cursor.with_suffix(".new").unlink()

    warehouse.start()

    last = warehouse.sell()
    warehouse.tell()
    warehouse.wait_for(one, two, *meanwhile, again, again, last)


def test_without_a_stream_it_asks(warehouse: Warehouse) -> None:
    warehouse.start(f"http://127.0.0.1:{free_port()}")
    one = warehouse.sell()
    warehouse.wait_for(one)

    two = warehouse.sell()

    warehouse.wait_for(one, two)


def test_a_revoked_token_ends_it(warehouse: Warehouse) -> None:
    one = warehouse.sell()
    warehouse.start()
    warehouse.wait_for(one)
    page = warehouse.sale.sam.get("/account/devices").text

    warehouse.sale.sam.post(re.findall(r"/account/devices/\w+/revoke", page)[0])
    warehouse.tell()

    status, word = warehouse.ended()
    assert (status, word) == (1, "refused: 401 UNAUTHORIZED")


def test_a_receipt_says_what_when_and_for_how_much() -> None:
    spec = spec_from_file_location("receipt_printer", EXAMPLE)
    assert spec
    assert spec.loader
    example: Any = module_from_spec(spec)
    spec.loader.exec_module(example)
    paper = Dummy()
    order = {
        "title": "Brass desk lamp",
        "steps": [{"at_ms": 1_790_000_000_000}],
        "price": {"amount": "40.00", "currency": "USD"},
        "postage": {"amount": "5.00", "currency": "USD"},
        "total": {"amount": "45.00", "currency": "USD"},
        "_links": {"self": {"href": "http://auctions.test/orders/q2w3e4r5t6z7"}},
    }

    example.print_receipt(paper, order)

    text = paper.output.decode("cp437")
    for words in ("Brass desk lamp", "q2w3e4r5t6z7", "2026-09-21 14:13 UTC", "45.00 USD"):
        assert words in text
