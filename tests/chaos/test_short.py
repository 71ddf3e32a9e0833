"""Two rounds of `make chaos` with seeds that are known to kill a pusher and the bus."""

from pathlib import Path

import pytest

from tests.chaos.engines import sqlite
from tests.chaos.plan import draw
from tests.chaos.round import run


@pytest.mark.parametrize("seed", [2, 5])
def test_what_must_be_true_is_true_after_a_round(seed: int, tmp_path: Path) -> None:
    with sqlite(tmp_path) as fresh, fresh(tmp_path) as database_url:
        verdict = run(draw(seed), database_url, tmp_path).verdict
    assert verdict.violations == []
    assert verdict.acknowledged > 100
    assert verdict.delivered > verdict.acknowledged
