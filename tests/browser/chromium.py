"""Debian's chromium, headless, with no more of it than a page needs."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.needs import program
from tests.waiting import PATIENCE_S

_PATIENCE_MS = PATIENCE_S * 1000

_PLAYWRIGHTS_OWN = (
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,"
    "HttpsFirstBalancedModeAutoEnable,LensOverlay,MediaRouter,PaintHolding,"
    "ThirdPartyStoragePartitioning,AvoidCorsURLLoaderRestartOnRedirect,OptimizationHints,"
    "NetworkTimeServiceQuerying,PreconnectToSearch,AimEnabled"
)
"""What Playwright disables: of two lists chromium heeds the last, so ours repeats it."""

_ADDRESS_BAR = "WebUIOmniboxPopup,WebUIOmniboxAimPopup"
"""Each window draws what its address bar might suggest, in two processes of its own: more work
than all that a test does with the page."""

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    f"--disable-features={_PLAYWRIGHTS_OWN},{_ADDRESS_BAR}",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser; skips the test where there is none (fails in CI)."""
    path = program("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    expect.set_options(timeout=_PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
        yield browser
        browser.close()


def patient(page: Page) -> Page:
    """The page, which waits as long as every test does."""
    page.set_default_timeout(_PATIENCE_MS)
    return page
