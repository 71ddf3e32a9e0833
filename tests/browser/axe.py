"""What axe-core and a narrow window find wrong with a page."""

from pathlib import Path

from playwright.sync_api import BrowserContext, Page

_AXE = Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js"
_RUN = """async () => (await axe.run(document, {
    resultTypes: ["violations"],
    preload: false,  // of style sheets, for a single experimental rule
    // What breaks such a rule is never more than that, and to look for it is a third of all.
    rules: Object.fromEntries(axe._audit.rules
        .filter((rule) => ["minor", "moderate"].includes(rule.impact))
        .map((rule) => [rule.id, {enabled: false}])),
})).violations"""


def bring_axe(context: BrowserContext) -> None:
    """Let each page that is opened in a context from now on hold axe-core, for who looks at many:
    to send it to a page that is open takes several times as long."""
    context.add_init_script(path=_AXE)


def complaints(page: Page, width: int) -> list[str]:
    """What is serious, and how wide the page is if it is wider than its window."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE.read_text())
    return [*_serious(page), *_too_wide(page, width)]


def _serious(page: Page) -> list[str]:
    return [
        f"{issue['id']}: {node['target']} {node.get('failureSummary', '')}"
        for issue in page.evaluate(_RUN)
        if issue["impact"] in {"serious", "critical"}
        for node in issue["nodes"]
    ]


def _too_wide(page: Page, width: int) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [f"{wide} px wide"] if wide > width else []
