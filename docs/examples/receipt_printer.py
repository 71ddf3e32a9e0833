"""Print a receipt of whatever its owner sells, also while no browser is open:

    export DEVICE_TOKEN=gavel_device_…  # from "Devices" on the account's page
    python receipt_printer.py https://auctions.example /dev/usb/lp0 cursor --stream https://live.auctions.example

It hears of each sale from the stream, and asks every few seconds while it has none. How far it is
stands in the file `cursor`, which is written once a receipt is printed: unplugged or killed it goes
on from there, and at most one receipt comes twice.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

from escpos.escpos import Escpos
from escpos.exceptions import Error as PrinterError
from escpos.printer import File

SILENCE_S = 45  # the stream says something every ten seconds
HOPELESS = {400, 401, 403}
Sale = tuple[str, str]  # an order's URL, and the cursor after it


class Shop:
    """What the device may know: its owner's sales after a cursor."""

    def __init__(self, url: str, stream_url: str | None, token: str) -> None:
        self.url, self.stream_url, self.token = url, stream_url, token

    def listed(self, cursor: str | None) -> Iterator[Sale]:
        """Those that are there now."""
        page = self._get(f"{self.url}/my/orders" + (f"?since={quote(cursor)}" if cursor else ""))
        while page["_embedded"]["orders"]:
            for order in page["_embedded"]["orders"]:
                yield order["_links"]["self"]["href"], order["cursor"]
            page = self._get(page["_links"]["next"]["href"])

    def streamed(self, cursor: str | None) -> Iterator[Sale]:
        """Those that come, until the stream breaks."""
        if self.stream_url is None:
            return
        place = {"Last-Event-ID": cursor} if cursor else {}
        with self._open(f"{self.stream_url}/me/stream", SILENCE_S, place) as lines:
            message: dict[str, str] = {}
            for line in lines:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name:
                    message[name] = value
                    continue
                if message.get("event") == "order":
                    yield json.loads(message["data"])["url"], message["id"]
                message = {}

    def order(self, url: str) -> dict[str, Any]:
        """The order as it is now."""
        return self._get(url)

    def _get(self, url: str) -> dict[str, Any]:
        if not url.startswith(f"{self.url}/"):  # the token is for nobody else
            raise ValueError(f"{url} is not at {self.url}")
        with self._open(url, 10, {"Accept": "application/hal+json"}) as answer:
            document: dict[str, Any] = json.loads(answer.read(1024 * 1024))
            return document

    def _open(self, url: str, timeout_s: float, headers: dict[str, str]) -> Any:
        token = {"Authorization": f"Bearer {self.token}"}
        return urlopen(Request(url, headers=headers | token), timeout=timeout_s)


def print_receipt(printer: Escpos, order: dict[str, Any]) -> None:
    """What was sold, when, and for how much."""
    sold = datetime.fromtimestamp(order["steps"][0]["at_ms"] / 1000, UTC)
    printer.set(align="center", bold=True)
    printer.textln(order["title"])
    printer.set(align="left", bold=False)
    printer.textln(order["_links"]["self"]["href"].rpartition("/")[2])
    printer.textln(f"{sold:%Y-%m-%d %H:%M} UTC")
    for word in ("price", "postage", "total"):
        if amount := order[word]:
            printer.textln(f"{word:<10}{amount['amount']:>12} {amount['currency']}")
    printer.cut()


def print_all(shop: Shop, printer_file: str, cursor_file: Path) -> None:
    """Catch up, then go on with what the stream says."""
    for source in (shop.listed, shop.streamed):
        cursor = cursor_file.read_text().strip() if cursor_file.exists() else None
        for url, after in source(cursor):
            printer = File(printer_file)
            print_receipt(printer, shop.order(url))
            printer.close()
            keep(cursor_file, after)
            print("printed", url, flush=True)


def keep(cursor_file: Path, cursor: str) -> None:
    """Whole or not at all, and on the disk."""
    new = cursor_file.with_suffix(".new")
    with new.open("w") as file:
        file.write(cursor)
        file.flush()
        os.fsync(file.fileno())
    new.replace(cursor_file)


def main() -> None:
    """For ever, or until the token is nobody's."""
    parser = argparse.ArgumentParser()
    parser.add_argument("shop")
    parser.add_argument("printer")
    parser.add_argument("cursor", type=Path)
    parser.add_argument("--stream")
    parser.add_argument("--pause", type=float, default=5, help="seconds until it asks again")
    args = parser.parse_args()
    shop = Shop(args.shop, args.stream, os.environ["DEVICE_TOKEN"])
    while True:
        try:
            print_all(shop, args.printer, args.cursor)
        except HTTPError as error:
            if error.code in HOPELESS:
                sys.exit(f"refused: {error.code} {error.reason}")
            print("the shop answers", error.code, file=sys.stderr, flush=True)
        except (OSError, ValueError, KeyError, PrinterError) as error:
            print("again soon:", error, file=sys.stderr, flush=True)
        time.sleep(args.pause)


if __name__ == "__main__":
    main()
