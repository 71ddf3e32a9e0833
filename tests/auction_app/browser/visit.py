"""Go to a stop of the stage as whoever looks there."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page

from tests.auction_app.browser.stage import Stage, Stop


@contextmanager
def looking(browser: Browser, stage: Stage, **options: Any) -> Iterator[dict[str | None, Page]]:
    """A page for everybody on the stage, and for a stranger (None)."""
    contexts = {who: browser.new_context(**options) for who in (None, *stage.cookies)}
    for who, context in contexts.items():
        if who is not None:
            cookie = {"name": "gavel", "value": stage.cookies[who], "url": stage.url}
            context.add_cookies([cookie])  # type: ignore[list-item]
    try:
        yield {who: context.new_page() for who, context in contexts.items()}
    finally:
        for context in contexts.values():
            context.close()


def visit(pages: dict[str | None, Page], stage: Stage, stop: Stop) -> Page:
    """The page at a stop, loaded."""
    page = pages[stop.who]
    page.goto(stage.url + stop.path)
    if stop.bid:
        page.locator("#maximum").fill(stop.bid)
        page.locator("#bid-form button").click()
        page.wait_for_load_state()
    return page
