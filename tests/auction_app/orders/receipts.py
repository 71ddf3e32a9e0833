"""Receipts read back, from the PDF and from the page."""

import re
from io import BytesIO

from pypdf import PdfReader

from tests.auction_app.conftest import Browser
from tests.auction_app.sale import Sale


def read(body: bytes) -> str:
    """The text of a PDF, its lines joined."""
    pages = PdfReader(BytesIO(body)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


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
