"""A browser, and a stage to look at."""

from collections.abc import Iterator

import pytest

from tests.auction_app.browser.stage import Stage, open_stage


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The app with something on every page."""
    with open_stage(tmp_path_factory.mktemp("stage")) as stage:
        yield stage
