"""My sales is a list of what is to be done."""

import re

import pytest

from auction_app.listings.model import Auction
from auction_app.listings.repository import auctions
from auction_app.selling.model import Sale, SellerTask
from tests.auction_app.conftest import START_MS, Browser, World
from tests.auction_app.sale import close, sell


def row(seller: Browser, title: str = "Brass desk lamp") -> str:
    """The line of an item, in words."""
    rows = re.findall(r"<li>\s*(?:<img|<span class=\"no-photo).*?</li>", all_of(seller), re.DOTALL)
    (found,) = [one for one in rows if title in one]
    return " ".join(re.sub(r"<[^>]+>", " ", found).split())


def all_of(seller: Browser) -> str:
    return seller.get("/my/sales").text


def test_a_line_says_what_the_seller_can_do_next(world: World) -> None:
    sale = sell(world)
    assert row(sale.sam).endswith("Waiting for payment")

    sale.ada.post(f"{sale.order}/steps", {"status": "paid"})
    assert row(sale.sam).endswith("Paid: ship it now")
    sale.sam.post(f"{sale.order}/steps", {"status": "shipped"})
    assert row(sale.sam).endswith("To the order")


def test_questions_watchers_and_the_reserve_stand_in_it(world: World) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    item = sam.list_item(reserve="50")
    ada.post(f"{item}/watch", {"watch": "1"})
    ada.post(f"{item}/questions", {"question": "Does it work?"})

    assert "1 watcher" in row(sam)
    assert row(sam).endswith("Answer 1 question")
    close(world, item)
    assert "Not sold" in row(sam)
    assert row(sam).endswith("List it again")


@pytest.mark.parametrize(
    ("status", "task"),
    [
        ("agreed", SellerTask.AWAIT_PAYMENT),
        ("paid", SellerTask.SHIP),
        ("cancelled", SellerTask.RELIST),
        ("shipped", None),
        ("received", None),
    ],
)
def test_an_order_decides_what_comes_next(
    world: World, status: str, task: SellerTask | None
) -> None:
    auction = any_auction(world)

    sale = Sale(auction=auction, watchers=0, unanswered=0, order_id="o", order_status=status)

    assert sale.task(START_MS) is task


def any_auction(world: World) -> Auction:
    item = world.member("Sam").list_item()
    with world.parts.store.reading() as conn:
        return auctions.by_id(conn, item.rsplit("/", 1)[-1])
