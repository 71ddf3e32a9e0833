"""Go to a stop of the stage as whoever looks there."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Locator, Page

from tests.auction_app.browser.stage import Stage
from tests.auction_app.browser.stops import Stop
from tests.browser.chromium import patient


@contextmanager
def looking(browser: Browser, stage: Stage, **options: Any) -> Iterator[dict[str | None, Page]]:
    """A page for everybody on the stage, and for a stranger (None)."""
    stage.forgive()
    contexts = {who: browser.new_context(**options) for who in (None, *stage.cookies)}
    for who, context in contexts.items():
        if who is not None:
            cookie = {"name": "gavel", "value": stage.cookies[who], "url": stage.url}
            context.add_cookies([cookie])  # type: ignore[list-item]
    try:
        yield {who: patient(context.new_page()) for who, context in contexts.items()}
    finally:
        stage.lose_bids(False)
        for context in contexts.values():
            context.close()


def visit(pages: dict[str | None, Page], stage: Stage, stop: Stop) -> Page:
    """The page at a stop, loaded."""
    page = pages[stop.who]
    stage.lose_bids(stop.silent)
    page.goto(stage.url + stop.path)
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
