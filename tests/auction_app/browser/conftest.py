"""A browser, and where to take it: an app where people act, and one full of things to look at."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.auction_app.browser.live_app import LiveApp
from tests.auction_app.browser.seeded_app import SeededApp, open_seeded_app


@pytest.fixture
def live_app(tmp_path: Path, empty_database: Path, browser: Browser) -> Iterator[LiveApp]:
    """The app and its live process, with nobody in it yet."""
    live_app = LiveApp(tmp_path, empty_database, browser)
    yield live_app
    live_app.close()


@pytest.fixture(scope="module")
def seeded_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeededApp]:
    """The app with something on every page."""
    with open_seeded_app(tmp_path_factory.mktemp("seeded_app")) as seeded_app:
        yield seeded_app
