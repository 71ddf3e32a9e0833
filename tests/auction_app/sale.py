"""A sale that has just happened: who sold what to whom."""

import re
from dataclasses import dataclass

from werkzeug.test import TestResponse

from auction_app.bidding.projection import keep_bidding
from tests.auction_app.conftest import Browser, World


@dataclass
class Sale:
    """Sam has sold `item` to Ada; Bob has lost. `order` is the order's path."""

    item: str
    order: str
    sam: Browser
    ada: Browser
    bob: Browser


def sell(world: World, *, language: str = "en", **listing: str) -> Sale:
    """List, bid, outbid, close; all three read this language. `listing` changes the item."""
    sam, ada, bob = (world.member(name, language=language) for name in ("Sam", "Ada", "Bob"))
    item = sam.list_item(**listing)
    bob.bid(item, "20")
    ada.bid(item, "40")
    close(world, item)
    match = re.search(r'href="(/orders/\w+)"', ada.get("/my/orders").text)
    assert match
    return Sale(item, match[1], sam, ada, bob)


def close(world: World, item: str) -> None:
    """The bidding ends, and the app hears of it."""
    told = world.bids.close(world.parts.urls.public_url + item)
    with world.parts.begin() as act:
        keep_bidding(act, told)


def offer_again(seller: Browser, item: str) -> TestResponse:
    """Offer an item that is sold to the first bidder who can be offered it."""
    form = filled_in(seller.get(f"{item}/second-chances").text)
    return seller.post(f"{item}/second-chances", form)


def filled_in(page: str) -> dict[str, str]:
    """What the first button of a page of second chances sends."""
    names = ("bidder", "key", "price")
    return {name: re.findall(rf'name="{name}" value="([\w.]+)"', page)[0] for name in names}


def cancel(sale: Sale) -> None:
    """Ada asks Sam to cancel the order, and he does."""
    asked = {"kind": "cancel", "reason": "I bid on the wrong lamp."}
    assert sale.ada.post(f"{sale.order}/requests", asked).status_code == 303
    agreed = {"kind": "cancel", "answer": "accept"}
    assert sale.sam.post(f"{sale.order}/answers", agreed).status_code == 303
