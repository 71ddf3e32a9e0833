"""The short form of `make chaos ENGINE=books`: a few on the way to the books die."""

from pathlib import Path

from tests.chaos.books.run import run

ROUNDS = 8


def test_whoever_is_killed_nothing_is_lost_or_done_twice(tmp_path: Path) -> None:
    verdict = run(tmp_path, rounds=ROUNDS, sales=2, seed=4)

    assert verdict.violations == []
    assert verdict.rounds == ROUNDS
    assert "journals balance" in " ".join(verdict.said)
