"""The receipt of what was paid through the house, as a page and as a PDF."""

import re
from collections.abc import Callable

import pytest

from tests.auction_app.conftest import PUBLIC, Browser, path_of
from tests.auction_app.orders.receipts import downloaded, shown
from tests.auction_app.orders.test_delivery import HOME
from tests.auction_app.payments.conftest import SWEEP_S, Shop
from tests.auction_app.sale import cancel


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            "Receipt|Paid on Sep|Seller Sam|Buyer Ada|Delivery address Ada Lovelace|United Kingdom"
            "|Brass desk lamp $21.00|Postage $5.00|Total $26.00"
            "|How it was paid Online, through Gavel|VAT is not shown.",
        ),
        (
            "de",
            "Kaufbeleg|Bezahlt am|.09.2026|Verkäuferseite Sam|Käuferseite Ada"
            "|Lieferadresse Ada Lovelace|Vereinigtes Königreich|Versandkosten 5,00 $"
            "|Gesamt 26,00 $|Zahlungsweg Online, über Gavel|nicht ausgewiesen.",
        ),
    ],
)
def test_the_page_and_the_pdf_say_all_of_it_in_the_readers_language(
    open_shop: Callable[..., Shop], language: str, words: str
) -> None:
    shop = open_shop(language=language)
    sale = shop.sale
    sale.ada.post(f"{sale.order}/address", HOME)
    shop.pay("pay-and-never-tell")
    shop.world.clock.pass_s(SWEEP_S)
    shop.work()

    for text in (downloaded(sale.ada, sale), shown(sale.ada, sale)):
        for word in [*words.split("|"), sale.order.rpartition("/")[2]]:
            assert word in text
    assert "Erstattung" not in text
    assert "Refund" not in text


def test_what_was_given_back_says_so_and_when(shop: Shop) -> None:
    shop.pay("pay-and-never-tell")
    shop.world.clock.pass_s(SWEEP_S)
    shop.work()
    cancel(shop.sale)
    assert "The payment is being refunded." in downloaded(shop.ada, shop.sale)

    shop.world.clock.pass_s(1)
    shop.work()
    for text in (downloaded(shop.sale.sam, shop.sale), shown(shop.sale.sam, shop.sale)):
        assert re.search(r"Cancelled Sep \d+, 2026, .* Refund \$26.00 on Sep \d+, 2026", text)


def test_the_receipt_is_linked_from_the_order_and_from_its_payment_once_it_is_paid(
    shop: Shop,
) -> None:
    def link(path: str, who: Browser) -> str | None:
        headers = {"Accept": "application/hal+json"}
        found = who.client.get(path, headers=headers).get_json()["_links"].get("receipt")
        return found and str(found["href"])

    shop.begin()
    both = (shop.sale.order, f"/payments/{shop.payment().id}")
    assert [link(path, shop.ada) for path in both] == [None, None]
    shop.pay()
    shop.world.clock.pass_s(SWEEP_S)
    shop.work()

    receipt = f"{PUBLIC}{shop.sale.order}/receipt"
    for who in (shop.ada, shop.sale.sam):
        assert [link(path, who) for path in both] == [receipt, receipt]
    assert shop.ada.client.get(path_of(receipt)).status_code == 200
