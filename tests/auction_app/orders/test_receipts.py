"""What both sides of an order get in writing once it is paid: the page, and the PDF read back."""

from io import BytesIO
from pathlib import Path
from typing import get_args

import pytest
from pypdf import PdfReader
from service_kit.clock import utc
from service_kit.money import Money

from auction_app.orders.model import Order, OrderStatus, Side, Step
from auction_app.orders.receipts.pdf import pdf
from auction_app.orders.receipts.receipt import receipt_of
from auction_app.orders.receipts.wording import Wording
from auction_app.payments.model import Payment, PaymentStatus
from tests.auction_app.conftest import PUBLIC, START_MS, World
from tests.auction_app.orders.receipts import a_font_with, downloaded, glyphs_of, read
from tests.auction_app.sale import sell

POINTS_OF_A4 = (595, 842)


def printed(*more_fonts: Path, **texts: str) -> bytes:
    """A PDF with these in it."""
    said = {"title": "Lamp", "name": "Ada", "address": "Home"} | texts
    wording = Wording(
        title="Receipt",
        language="en",
        sides=[("Buyer", said["name"]), ("Delivery address", said["address"])],
        sums=[(said["title"], "€21.00"), ("Total", "€21.00")],
        paid=[("How it was paid", "Online")],
        note="Note.",
        gaps="Not all can be printed.",
    )
    return pdf(wording, made_at=utc(START_MS), more_fonts=more_fonts)


def an_order(*steps: tuple[str, Side], price_minor: int = 2100) -> Order:
    return Order(
        id="o",
        auction_id="a",
        title="Lamp",
        seller_id="s",
        seller_name="Sam",
        buyer_id="b",
        buyer_name="Ada",
        price=Money(price_minor, "EUR"),
        postage=Money(500, "EUR"),
        status=OrderStatus(steps[-1][0]),
        steps=tuple(Step(status=OrderStatus(it), at_ms=7, by=by) for it, by in steps),
    )


def a_payment(status: PaymentStatus) -> Payment:
    return Payment(
        id="p",
        order_url="http://house.test/orders/o",
        auction_id="a",
        buyer_id="b",
        seller_id="s",
        amount=Money(2600, "EUR"),
        status=status,
        paid_at_ms=5,
        refunded_at_ms=6 if status is PaymentStatus.REFUNDED else None,
    )


@pytest.mark.parametrize("status", PaymentStatus)
def test_there_is_a_receipt_of_what_came_even_if_it_went_back(status: PaymentStatus) -> None:
    receipt = receipt_of(an_order(("agreed", "house")), a_payment(status))

    assert (receipt is not None) == (status.value in {"paid", "refunding", "refunded"})
    if receipt:
        assert (receipt.paid_at_ms, receipt.noted_by) == (5, None)
        assert (receipt.refund or "paid") == status.value


def test_there_is_none_of_another_amount_than_the_orders() -> None:
    order = an_order(("agreed", "house"), price_minor=9900)

    assert receipt_of(order, a_payment(PaymentStatus.PAID)) is None


@pytest.mark.parametrize("side", [it for it in get_args(Side) if it != "house"])
def test_there_is_one_of_what_a_side_has_noted(side: Side) -> None:
    receipt = receipt_of(an_order(("agreed", "house"), ("paid", side)), None)

    assert receipt is not None
    assert (receipt.paid_at_ms, receipt.noted_by) == (7, side)


def test_only_the_two_sides_have_it_and_only_once_it_is_paid(world: World) -> None:
    sale = sell(world)
    paths = (f"{sale.order}/receipt", f"{sale.order}/receipt.pdf")
    assert [sale.ada.client.get(path).status_code for path in paths] == [404, 404]
    assert "/receipt" not in sale.ada.get(sale.order).text

    sale.ada.post(f"{sale.order}/steps", {"status": "paid"})
    for path in paths:
        assert sale.ada.client.get(path).status_code == 200
        assert sale.sam.client.get(path).status_code == 200
        assert sale.bob.client.get(path).status_code == 404
        assert world.browser().client.get(path).status_code == 401
    for browser, word in ((sale.ada, "Receipt"), (sale.sam, "Sales receipt")):
        page = browser.get(sale.order).text
        assert f'<a href="{sale.order}/receipt">{word}</a>' in page
    headers = sale.ada.client.get(paths[1]).headers
    name = f"receipt-{sale.order.rpartition('/')[2]}.pdf"
    assert headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert headers["Cache-Control"] == "no-store"
    assert "Directly to the seller, as the buyer has noted" in downloaded(sale.sam, sale)


def test_letters_of_europe_and_its_currencies_are_read_back() -> None:
    words = "Straße Äöü Łódź Šťastný Ñandú Ελλάδα Київ € ¥ £"

    assert words in read(printed(title=words))
    assert "Not all can be printed." not in read(printed(title=words))


@pytest.mark.parametrize(
    ("words", "read_back"),
    [
        ("مصباح قديم 12 cm", "cm 12 مصباح قديم"),  # pypdf reads from where it begins: the right
        ("מנורה ישנה", "מנורה ישנה"),
        ("Լամպ ლამპა ☎ ✓ 😀", "Լամպ ლამპა ☎ ✓ 😀"),
    ],
)
def test_letters_that_are_joined_or_run_to_the_left_are_read_back(
    words: str, read_back: str
) -> None:
    text = read(printed(name=words))

    assert f"Buyer {read_back}" in text
    assert "Not all can be printed." not in text


def test_arabic_letters_are_joined() -> None:
    at_the_beginning, in_the_middle, at_the_end = glyphs_of("ب", printed(name="ببب"))

    assert len({at_the_beginning, in_the_middle, at_the_end}) == 3


def test_what_ours_lacks_is_written_in_another_font_of_the_machine(tmp_path: Path) -> None:
    font = a_font_with("古", tmp_path / "old.ttf")
    text = read(printed(tmp_path / "gone.ttf", font, title="古い", name="Zoë"))

    assert "古□ €21.00" in text
    assert "Not all can be printed." in text
    assert "Not all can be printed." not in read(printed(font, title="古古"))


def test_what_the_font_lacks_is_a_square_and_that_is_said() -> None:
    text = read(printed(title="古いランプ", name="Zoe\u0308"))

    assert "□□□□□ €21.00" in text
    assert "Buyer Zoë" in text
    assert "Not all can be printed." in text


def test_hostile_text_is_text(world: World) -> None:
    hostile = "<b>**{nb}**</b> \\) Tj \u202egnp.exe <img src=x>"
    sale = sell(world, title=hostile.replace("\u202e", "") + " 古")
    sale.ada.post(f"{sale.order}/steps", {"status": "paid"})

    assert "<b>**{nb}**</b> \\) Tj gnp.exe <img src=x> □" in (text := downloaded(sale.ada, sale))
    assert f"All of them are at {PUBLIC}{sale.order}/receipt" in text
    assert "&lt;b&gt;**{nb}**" in sale.ada.get(f"{sale.order}/receipt").text
    assert "<b>**{nb}**</b> \\) Tj gnp.exe <img src=x>" in read(printed(name=hostile))


@pytest.mark.parametrize(
    "long",
    [
        "x" * 3_000,
        "W" * 3_000,
        "lamp and shade " * 200,
        "a\n" * 1_500,
        "\n" * 3_000,
        "\u2014" * 3_000,
        "\ufdfd" * 3_000,
        "x" * 1_000_000,
    ],
)
@pytest.mark.parametrize("field", ["title", "name", "address"])
def test_what_a_hand_at_the_database_made_endless_goes_on_on_other_pages(
    field: str, long: str
) -> None:
    text = read(printed(**{field: f"begins {long}"}))

    assert "begins" in text
    assert "Online" in text
    assert text.count("W") in {0, 3_000}


@pytest.mark.parametrize("long", ["W" * 200, "lamp and shade " * 13])
def test_what_is_long_wraps_and_never_leaves_the_page(long: str) -> None:
    body = printed(title=long, name=long, address="\n".join([long] * 4))
    reader = PdfReader(BytesIO(body))
    beyond, letters = [], 0

    for page in reader.pages:
        assert tuple(map(round, page.mediabox[2:])) == POINTS_OF_A4

        def look(text: str, _cm: object, tm: list[float], _font: object, size: float) -> None:
            nonlocal letters
            letters += text.count(long[0])
            wide, high = tm[4] + len(text.strip()) * size * 0.2, tm[5]
            if text.strip() and not (tm[4] >= 28 and wide < 595 and 28 < high < 842):
                beyond.append(text)

        page.extract_text(visitor_text=look)
    assert beyond == []
    assert letters >= 6 * long.count(long[0])
