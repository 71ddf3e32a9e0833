"""Two rounds of `make chaos`: one that kills the only pusher and the bus, one that kills one of
two pushers, which are apart, and a worker of the bus; the database is away, an outbox holds what
no bus takes, a clock goes back."""

import json

import pytest

from tests.chaos.__main__ import main
from tests.chaos.plan import draw

SEED = 1027


def test_these_rounds_are_what_they_are_chosen_for() -> None:
    first, second = draw(SEED), draw(SEED + 1)
    assert (len(first.pushers), first.apart, "bus" in first.killed) == (1, False, True)
    assert (len(second.pushers), second.apart, "bus_worker" in second.killed) == (2, True, True)
    assert {*first.troubles, *second.troubles} == {
        "started without database",
        "database away",
        "poison rows in an outbox",
        "clock back",
    }
    for plan in (first, second):
        assert any(target in plan.pushers for target in plan.killed)
        assert any(target.startswith("subscriber") for target in plan.killed)


def test_what_must_be_true_is_true_after_two_rounds(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["--rounds", "2", "--seed", str(SEED), "--side-by-side", "2", "--json"])
    told = capsys.readouterr()
    assert status == 0, told.err
    total = json.loads(told.out)["total"]
    assert (total["rounds"], total["lost"], total["violations"]) == (2, 0, [])
    # How much comes through depends on how busy the machine is; nothing would prove nothing.
    assert total["acknowledged"] > 0
    assert total["delivered"] > 0
