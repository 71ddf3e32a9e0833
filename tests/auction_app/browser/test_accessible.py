"""axe-core finds nothing serious on any page, and no page is wider than its window."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.auction_app.browser.open_page import looking, visit
from tests.auction_app.browser.seeded_app import SeededApp

AXE = Path(__file__).parents[2] / "browser" / "vendor" / "axe-core-4.14.1" / "axe.min.js"
RUN = """async () => (await axe.run(document, {
    resultTypes: ["violations"],
    preload: false,  // of style sheets, for a single experimental rule
})).violations"""


@pytest.mark.parametrize(
    ("width", "scheme", "language"), [(320, "light", "de"), (1280, "dark", "en")]
)
def test_every_page_can_be_used_by_everybody(
    browser: Browser, seeded_app: SeededApp, width: int, scheme: Any, language: str
) -> None:
    seeded_app.speak(language)
    axe = AXE.read_text()
    found: dict[str, list[str]] = {}
    size: Any = {"width": width, "height": 900}

    with looking(browser, seeded_app, viewport=size, color_scheme=scheme, locale=language) as pages:
        for stop in seeded_app.stops:
            page = visit(pages, seeded_app, stop)
            page.evaluate(axe)
            found[stop.name] = [*_serious(page), *_too_wide(page, width)]

    assert {name: issues for name, issues in found.items() if issues} == {}


def _serious(page: Page) -> list[str]:
    return [
        f"{issue['id']}: {node['target']} {node.get('failureSummary', '')}"
        for issue in page.evaluate(RUN)
        if issue["impact"] in {"serious", "critical"}
        for node in issue["nodes"]
    ]


def _too_wide(page: Page, width: int) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [f"{wide} px wide"] if wide > width else []
