"""A browser, and where to take it: a street where people act, a stage to be looked at."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.auction_app.browser.stage import Stage, open_stage
from tests.auction_app.browser.street import Street


@pytest.fixture
def street(tmp_path: Path, empty_database: Path, browser: Browser) -> Iterator[Street]:
    """The app and its live process, with nobody in it yet."""
    street = Street(tmp_path, empty_database, browser)
    yield street
    street.close()


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The app with something on every page."""
    with open_stage(tmp_path_factory.mktemp("stage")) as stage:
        yield stage
