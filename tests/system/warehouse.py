"""A printer in a seller's warehouse: docs/examples/receipt_printer.py, beside a house."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.procfile import ROOT
from tests.system.house import House
from tests.system.person import Person

EXAMPLE = ROOT / "docs" / "examples" / "receipt_printer.py"


@contextmanager
def warehouse(house: House, seller: Person) -> Iterator[Path]:
    """What the printer prints to, with a token that the seller has just made, who leaves the house
    then; it asks where the stage has nobody who streams."""
    seller.page.goto(f"{seller.web}/account/devices")
    seller.page.get_by_label("Name of the new device").fill("Printer")
    seller.page.get_by_role("button", name="Add device").click()
    token = seller.page.locator("#token").inner_text()
    seller.page.goto("about:blank")
    folder = Path(house.settings["VAR_DIR"]).parent
    live = house.settings["AUCTIONS_LIVE_URL"]
    arguments = [seller.web, str(folder / "receipt"), str(folder / "cursor")]
    printer = subprocess.Popen(
        [sys.executable, str(EXAMPLE), *arguments, *(["--stream", live] if live else [])],
        env=os.environ | {"DEVICE_TOKEN": token},
        stdout=subprocess.DEVNULL,
    )
    try:
        yield folder / "receipt"
    finally:
        printer.kill()
        printer.wait(30)
