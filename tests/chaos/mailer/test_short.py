"""The short form of `python -m tests.chaos.mailer`."""

from pathlib import Path

import pytest

from tests.chaos.mailer.run import Verdict, kill_at_the_answer, run


def test_whoever_is_killed_every_mail_comes_once(tmp_path: Path) -> None:
    verdict = run(tmp_path, deliveries=150, kills=4, seed=1)

    assert verdict.violations == []
    assert (verdict.kills_of_web, verdict.kills_of_jobs) == (2, 2)
    assert verdict.expected > 100
    assert verdict.arrived == verdict.expected + verdict.unanswered


def test_killed_the_moment_the_server_has_answered_every_mail_comes_once(tmp_path: Path) -> None:
    verdict = run(tmp_path, deliveries=60, kills=8, seed=2, kill=kill_at_the_answer, sessions=1)

    assert verdict.violations == []
    assert verdict.kills_of_jobs == 8


@pytest.mark.parametrize(
    ("missing", "unexpected", "repeated", "violations"),
    [(0, 0, 0, 0), (0, 0, 1, 1), (1, 0, 0, 1), (0, 1, 0, 1), (1, 1, 1, 3)],
)
def test_the_verdict_forgives_nothing(
    missing: int, unexpected: int, repeated: int, violations: int
) -> None:
    verdict = Verdict(
        deliveries=1,
        expected=1,
        arrived=1,
        missing=missing,
        unexpected=unexpected,
        repeated=repeated,
        unanswered=7,
        kills_of_web=9,
        kills_of_jobs=2,
    )

    assert len(verdict.violations) == violations
