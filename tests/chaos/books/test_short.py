"""The short form of `make chaos ENGINE=books`: each process on the way to the books dies once."""

from pathlib import Path

from tests.chaos.books.run import VICTIMS, run


def test_whoever_is_killed_nothing_is_lost_or_done_twice(tmp_path: Path) -> None:
    verdict = run(tmp_path, kills=len(VICTIMS), seed=4)

    assert verdict.violations == []
    assert verdict.kills.total() == len(VICTIMS)
    assert len({victim for _, victim in verdict.kills}) > len(VICTIMS) // 2
    assert "journals balance" in " ".join(verdict.said)
