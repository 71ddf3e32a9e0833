"""A few rounds of `python -m tests.journey.kills`."""

from pathlib import Path

import pytest

from tests.journey.kills import kill_rounds
from tests.journey.post_office import post_office

pytestmark = pytest.mark.slow


def test_a_background_worker_that_is_killed_again_and_again_loses_and_repeats_no_mail(
    tmp_path: Path,
) -> None:
    with post_office() as office:
        missing, doubles, unheard = kill_rounds(tmp_path / "var", 3, 7, office)
    assert (missing, doubles - unheard) == (0, 0)
