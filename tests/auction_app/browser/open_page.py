"""Open a page of the seeded app as whoever sees the most on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Locator, Page

from tests.auction_app.browser.every_page import Stop
from tests.auction_app.browser.seeded_app import SeededApp
from tests.browser.chromium import patient


@contextmanager
def looking(
    browser: Browser, seeded_app: SeededApp, **options: Any
) -> Iterator[dict[str | None, Page]]:
    """A page for everybody in the seeded app, and for a stranger (None)."""
    seeded_app.forgive()
    contexts = {who: browser.new_context(**options) for who in (None, *seeded_app.cookies)}
    for who, context in contexts.items():
        if who is not None:
            cookie = {"name": "gavel", "value": seeded_app.cookies[who], "url": seeded_app.url}
            context.add_cookies([cookie])  # type: ignore[list-item]
    try:
        yield {who: patient(context.new_page()) for who, context in contexts.items()}
    finally:
        seeded_app.lose_bids(False)
        for context in contexts.values():
            context.close()


def visit(pages: dict[str | None, Page], seeded_app: SeededApp, stop: Stop) -> Page:
    """The page at a stop, loaded."""
    page = pages[stop.who]
    seeded_app.lose_bids(stop.silent)
    page.goto(seeded_app.url + stop.path)
    for name, text in stop.typed.items():
        _type(page.locator(f"main [name={name}]"), text)
    for selector in stop.press:
        with page.expect_navigation():
            page.locator(selector).first.click()
    if stop.unfold and page.locator(stop.unfold).is_visible():
        page.locator(stop.unfold).click()
    return page


def _type(field: Locator, text: str) -> None:
    if field.first.get_attribute("type") == "radio":
        field.and_(field.page.locator(f"[value={text}]")).check()
    else:
        field.first.fill(text)
