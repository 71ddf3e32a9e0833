"""axe-core finds nothing serious on any page, and no page is wider than its window."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.auction_app.browser.open_page import looking, visit
from tests.auction_app.browser.seeded_app import SeededApp
from tests.browser.axe import bring_axe, complaints

_MARKUP = re.compile(r"</?[a-z]+[^>]*>")
"""What a page says and should have meant: escaped twice, or once too often."""


@pytest.mark.parametrize(
    ("width", "scheme", "language"), [(320, "light", "de"), (1280, "dark", "en")]
)
def test_every_page_can_be_used_by_everybody(
    browser: Browser, seeded_app: SeededApp, width: int, scheme: Any, language: str
) -> None:
    seeded_app.speak(language)
    found: dict[str, list[str]] = {}
    size: Any = {"width": width, "height": 900}

    with looking(browser, seeded_app, viewport=size, color_scheme=scheme, locale=language) as pages:
        for page in pages.values():
            bring_axe(page.context)
        for stop in seeded_app.stops:
            page = visit(pages, seeded_app, stop)
            found[stop.name] = [*complaints(page, width), *_MARKUP.findall(page.inner_text("body"))]

    assert {name: issues for name, issues in found.items() if issues} == {}
