"""The short form of `make chaos ENGINE=books`: each process on the way to the books dies once."""

from pathlib import Path

from tests.chaos.books.run import ARROWS, run


def test_whoever_is_killed_the_books_say_what_the_payments_do(tmp_path: Path) -> None:
    verdict = run(tmp_path, kills=len(ARROWS), seed=4)

    assert verdict.violations == []
    assert set(verdict.kills) == set(ARROWS)
    assert verdict.ended["paid"] > 0
    assert verdict.ended["refunded"] > 0
    assert "journals balance" in verdict.journals
