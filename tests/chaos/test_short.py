"""Two rounds of `make chaos`: one that kills the only pusher and the bus, one that kills one of
two pushers and a worker of the bus."""

import json

import pytest

from tests.chaos.__main__ import main

SEED = 292


def test_what_must_be_true_is_true_after_two_rounds(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["--rounds", "2", "--seed", str(SEED), "--side-by-side", "2", "--json"])
    told = capsys.readouterr()
    assert status == 0, told.err
    total = json.loads(told.out)["total"]
    assert (total["rounds"], total["lost"], total["violations"]) == (2, 0, [])
    assert total["acknowledged"] > 100
    assert total["delivered"] > total["acknowledged"]
