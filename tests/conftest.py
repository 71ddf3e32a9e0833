"""What every test gets: its own copy of the environment, and a browser if it asks for one."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.needs import program


@pytest.fixture(autouse=True)
def restored_environment() -> Iterator[None]:
    """Put the environment back after each test."""
    before = dict(os.environ)
    yield
    if dict(os.environ) != before:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's chromium, headless.

    For a module, not for the session: while Playwright runs, its event loop counts as the
    thread's own, and no other test could start one.
    """
    path = program("chromium", "chromium-browser", "google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()
