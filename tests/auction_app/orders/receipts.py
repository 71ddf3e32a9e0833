"""Receipts read back, from the PDF and from the page."""

import re
from io import BytesIO
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from pypdf import PdfReader

from tests.auction_app.conftest import Browser
from tests.auction_app.sale import Sale


def read(body: bytes) -> str:
    """The text of a PDF, its lines joined."""
    pages = PdfReader(BytesIO(body)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def glyphs_of(letter: str, body: bytes) -> list[str]:
    """The codes of the glyphs that stand for a letter in a PDF."""
    return [
        code
        for page in PdfReader(BytesIO(body)).pages
        for font in page["/Resources"]["/Font"].values()
        for code in re.findall(
            rf"<(\w+)> <{ord(letter):04X}>", font["/ToUnicode"].get_data().decode()
        )
    ]


def a_font_with(letter: str, file: Path) -> Path:
    """A font that has this letter and no other."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, 500), (500, 500), (500, 0)):
        pen.lineTo(corner)
    pen.closePath()
    square, names = pen.glyph(), [".notdef", "letter"]
    font = FontBuilder(1000)
    font.setupGlyphOrder(names)
    font.setupCharacterMap({ord(letter): "letter"})
    font.setupGlyf(dict.fromkeys(names, square))
    font.setupHorizontalMetrics(dict.fromkeys(names, (600, 0)))
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": "Old", "styleName": "Regular"})
    font.setupOS2()
    font.setupPost()
    font.save(file)
    return file


def downloaded(browser: Browser, sale: Sale) -> str:
    """The words of a side's PDF."""
    answer = browser.client.get(f"{sale.order}/receipt.pdf")
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/pdf"
    return read(answer.data)


def shown(browser: Browser, sale: Sale) -> str:
    """The words of a side's page."""
    page = browser.get(f"{sale.order}/receipt").text
    return " ".join(re.sub(r"<[^>]+>", " ", page[page.index("<main") :]).split())
