"""The texts that come with the software."""

from functools import cache
from pathlib import Path

from auction_app.house_pages.model import SHIPPED, HousePage
from auction_app.web.i18n import LANGUAGES

_FOLDER = Path(__file__).with_name("texts")


@cache
def shipped(name: str) -> HousePage:
    """What a page says until somebody edits it."""
    texts = {
        language: (_FOLDER / language / f"{name}.markdown").read_text() for language in LANGUAGES
    }
    return HousePage(name=name, version=SHIPPED, texts=texts)
