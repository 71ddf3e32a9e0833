"""My sales is a list of what is to be done."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from auction_app.listings.model import Auction
from auction_app.listings.repository import auctions
from auction_app.selling.model import Sale, SellerTask
from auction_app.web.formats import month_began_ms
from tests.auction_app.conftest import START_MS, Browser, World
from tests.auction_app.sale import cancel, close, sell


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


def totals(seller: Browser) -> dict[str, str]:
    """What one's orders are added up as, in words."""
    found = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", all_of(seller))
    return {name: " ".join(re.sub(r"<[^>]+>", "", words).split()) for name, words in found}


def test_what_was_sold_is_added_up_by_currency(world: World) -> None:
    sale = sell(world)
    sam, ada, bob = sale.sam, sale.ada, sale.bob
    assert totals(bob) == {}
    for title, currency, start, bid in (
        ("Clock", "JPY", "1000", "1200"),
        ("Chair", "KWD", "1.005", "2.255"),
        ("Lamp", "USD", "0.10", "0.20"),
    ):
        item = sam.list_item(title=title, currency=currency, start_price=start)
        ada.bid(item, bid)
        close(world, item)
    sale.ada.post(f"{sale.order}/steps", {"status": "paid"})
    found = totals(sam)
    assert found["Sold this month"].endswith("4 items")
    for amount in ("$21.10", "¥1,000", "1.005"):
        assert amount in found["Sold this month"]
    assert found["Paid, to be shipped"] == "$21.00 1 item"
    assert found["Awaiting payment"].endswith("3 items")
    cancelled = sale.ada.get("/my/sales", headers={"Accept": "application/hal+json"})
    assert cancelled.get_json(force=True)["totals"] == []
    told = sam.get("/my/sales", headers={"Accept": "application/hal+json"}).get_json(force=True)
    to_ship = next(one for one in told["totals"] if one["what"] == "to_ship")
    assert to_ship["sums"] == [{"amount": "21.00", "currency": "USD"}]


def test_what_is_called_off_or_of_last_month_is_not_sold_this_month(world: World) -> None:
    sale = sell(world)
    sale.ada.post(f"{sale.order}/steps", {"status": "paid"})
    assert totals(sale.sam)["Sold this month"].endswith("1 item")
    world.clock.pass_s(12 * 24 * 3600)
    assert totals(sale.sam)["Sold this month"] == "\u2013 0 items"
    assert totals(sale.sam)["Paid, to be shipped"].endswith("1 item")
    cancel(sale)
    assert totals(sale.sam) == {}


@pytest.mark.parametrize(
    ("zone", "now", "began"),
    [
        ("UTC", "2026-12-01T00:00:00+00:00", "2026-12-01T00:00:00+00:00"),
        ("America/New_York", "2026-12-01T04:59:59+00:00", "2026-11-01T04:00:00+00:00"),
        ("Europe/Berlin", "2026-10-31T23:30:00+00:00", "2026-10-31T23:00:00+00:00"),
    ],
)
def test_a_month_begins_where_one_is(zone: str, now: str, began: str) -> None:
    def ms(text: str) -> int:
        return int(datetime.fromisoformat(text).timestamp()) * 1000

    assert month_began_ms(ms(now), ZoneInfo(zone)) == ms(began)


def test_drafts_stand_behind_what_is_to_be_done(world: World) -> None:
    sale = sell(world)
    sale.sam.write_draft()

    page = all_of(sale.sam)
    assert 'href="#drafts">Your drafts (1)' in page
    assert page.index("Waiting for payment") < page.index('id="drafts"')
