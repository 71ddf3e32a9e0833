"""A device of one seller's that wants another's, too much, or goes on when it was cut off: beside
real processes, it gets a 4xx, and nothing moves."""

import random
import re
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.chaos.books.customer import Customer
from tests.chaos.books.deals import Deal, Story
from tests.chaos.books.market import Market, open_market
from tests.chaos.books.stories import BUY, LIST
from tests.system.house import House

NEEDED = (
    "auctions",
    "auctions_jobs",
    "bids",
    "bids_commands",
    "bids_jobs",
    "bus",
    "pusher",
    "live",
)
STREAMS, MOST_EACH = 1_000, 10
ENDS_WITHIN_S = 15
"""What a stream has when its token is revoked."""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with closing(House(tmp_path / "var", {})) as house:
        house.start(*NEEDED)
        yield house


def add_device(seller: Customer) -> str:
    """Its token."""
    seller.see("/account/devices")
    shown = seller.presses("/account/devices", "/account/devices", name="Printer")
    assert shown is not None
    found = re.search(r'id="token">([^<]+)<', shown.text)
    assert found, shown.text
    return found[1]


def revoke_device(seller: Customer) -> None:
    found = re.search(r'action="(/account/devices/\w+/revoke)"', seller.see("/account/devices"))
    assert found
    answer = seller.presses("/account/devices", found[1])
    assert answer is not None
    assert answer.status_code == 303


def sell(house: House, market: Market, seller: str) -> str:
    """Somebody's sale to Ada; the path of its order."""
    ada = Customer("Ada", house.url("auctions"))
    ada.see("/my/orders")
    item = market.put_up(seller, ends_in_s=None)
    story = Story((LIST, BUY))
    deal = Deal(item=item, story=story, buyer=ada, seller=ada, market=market, button=str, came=list)
    while not deal.is_over:
        deal.press_until_done()
    return deal.order_page()


class Stream:
    """A device's stream, as bytes on a socket."""

    def __init__(self, house: House, token: str, *more: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", house.ports["live"]), timeout=60)
        head = ("GET /me/stream HTTP/1.1", "Host: localhost", f"Authorization: Bearer {token}")
        self._socket.sendall("\r\n".join([*head, *more, "", ""]).encode())
        self._lines = self._socket.makefile("rb")

    @property
    def status(self) -> int:
        """What it was answered."""
        return int(self._lines.readline().split()[1])

    def line(self, begin: str) -> str:
        """The next line that begins so; "" where it ends before."""
        for line in self._lines:
            if line.startswith(begin.encode()):
                return line.decode().strip()
        return ""

    def close(self) -> None:
        self._lines.close()
        self._socket.close()


def test_a_device_gets_what_is_its_own_and_no_more_than_its_share(house: House) -> None:
    web = house.url("auctions")
    martha, tomas = Customer("Martha", web), Customer("Tomas", web)
    hers, his = add_device(martha), add_device(tomas)
    with open_market(house, random.Random(1)) as market, ExitStack() as streams:
        order = sell(house, market, "Martha")
        (sold,) = orders_of(web, hers)
        assert sold["status"] == "agreed"

        _ask_for_anothers(house, his, str(sold["cursor"]), order)

        flood = [streams.enter_context(closing(Stream(house, his))) for _ in range(STREAMS)]
        answered = [stream.status for stream in flood]
        assert Counter(answered) == {200: MOST_EACH, 429: STREAMS - MOST_EACH}
        open_ones = [it for it, status in zip(flood, answered, strict=True) if status == 200]

        # Who has a token of their own is served meanwhile, and hears of what is sold then.
        after = f"Last-Event-ID: {sold['cursor']}"
        beside = streams.enter_context(closing(Stream(house, hers, after)))
        assert beside.status == 200
        bought = sell(house, market, "Martha")
        assert beside.line("event: order")
        assert f'{bought}"' in beside.line("data:")

        cut_off = time.monotonic()
        revoke_device(tomas)
        for stream in open_ones:
            assert stream.line("event: order") == ""  # it ends, and nothing came
        assert time.monotonic() - cut_off < ENDS_WITHIN_S
        again = streams.enter_context(closing(Stream(house, his)))
        assert again.status == 401
        assert asked(web, his, "/my/orders") == 401

    assert [it["status"] for it in orders_of(web, hers)] == ["agreed", "agreed"]
    said = house.all_output()
    assert "Traceback" not in said
    assert hers not in said
    assert his not in said


def orders_of(web: str, token: str) -> list[dict[str, Any]]:
    """What a device reads of its owner's sales."""
    page = requests.get(f"{web}/my/orders", headers=_as(token), timeout=30)
    found: list[dict[str, Any]] = page.json()["_embedded"]["orders"]
    return found


def asked(web: str, token: str, path: str, method: str = "GET", **form: str) -> int:
    """What a device is answered."""
    answer = requests.request(method, web + path, headers=_as(token), data=form, timeout=30)
    return answer.status_code


def _ask_for_anothers(house: House, token: str, cursor: str, order: str) -> None:
    """Another seller's place and order, whatever it says, and what no device may do."""
    web = house.url("auctions")
    assert asked(web, token, f"/my/orders?since={cursor}") == 400
    assert asked(web, token, f"/me/events?after={cursor}") == 400
    with closing(Stream(house, token, f"Last-Event-ID: {cursor}")) as stream:
        assert stream.status == 400
    assert asked(web, token, order) == 404
    for path, form in (
        (f"{order}/steps", {"status": "shipped"}),
        (f"{order}/requests", {"kind": "cancel", "reason": "Mine."}),
        (f"{order}/pay", {}),
        ("/account/devices", {"name": "Another"}),
    ):
        assert 400 <= asked(web, token, path, "POST", **form) < 500, path
    with closing(Stream(house, f"{token}x")) as stream:
        assert stream.status == 401


def _as(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Accept": "application/hal+json"}
