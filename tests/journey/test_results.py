"""Which promises are not kept, and how what was measured is shown."""

from dataclasses import replace

import pytest

from tests.journey.page import page, picture
from tests.journey.results import Confirms, Failure, Measured, complaints
from tests.journey.table import table


def measured(
    stage: str, *, instant: float = 100, slow: float = 100, hangs: float = 100
) -> Measured:
    def confirms(p50_ms: float) -> Confirms:
        return Confirms(p50_ms=p50_ms, p99_ms=p50_ms, longest_ms=p50_ms, bids_per_s=7)

    each = {"instant": instant, "slow": slow, "hanging": hangs, "refusing": instant}
    return Measured(
        stage=stage,
        start_s=1,
        processes=3,
        threads=20,
        memory_mib=177,
        confirms={mode: confirms(p50_ms) for mode, p50_ms in each.items()},
        mails_per_s=40,
        failures=[
            Failure(process="house", reading=False, bidding=False, mail=False, lost=0, double=0)
        ],
    )


@pytest.mark.parametrize(
    ("stages", "named"),
    [
        ([measured("mvp", slow=1000), measured("background", slow=350)], []),
        ([measured("mvp", slow=1000), measured("background", slow=351)], ["background"]),
        ([measured("bus", instant=100, slow=130)], []),
        ([measured("bus", instant=100, slow=131)], ["bus"]),
        ([measured("soa", instant=100, slow=131)], ["soa"]),
        ([measured("mvp", hangs=4000)], []),
        ([measured("mvp", hangs=4001)], ["mvp"]),
        ([measured("soa", hangs=9000)], []),
    ],
)
def test_a_promise_that_is_not_kept_is_named_with_its_stage(
    stages: list[Measured], named: list[str]
) -> None:
    found = complaints({one.stage: one for one in stages})
    assert [line.partition(":")[0] for line in found] == named


def test_a_lost_mail_is_a_promise_that_is_not_kept() -> None:
    one = measured("bus")
    lost = replace(one, failures=[replace(one.failures[0], lost=2)])
    (line,) = complaints({"bus": lost})
    assert line == "bus: 2 mails were lost when house was killed"


@pytest.mark.parametrize(
    ("processes", "memory_mib", "complains"),
    [(20, 600, False), (21, 600, True), (20, 601, True)],
)
def test_a_run_that_is_too_large_is_a_promise_that_is_not_kept(
    processes: int, memory_mib: float, complains: bool
) -> None:
    large = replace(measured("soa"), processes=processes, memory_mib=memory_mib)
    assert bool(complaints({"soa": large})) is complains


def test_the_table_the_page_and_the_picture_tell_of_every_stage() -> None:
    both = {stage: measured(stage) for stage in ("mvp", "soa")}
    for text in (table(both), page(both, ["soa: <slow>"]), picture(both)):
        assert "mvp" in text
        assert "soa" in text
    assert "soa: &lt;slow&gt;" in page(both, ["soa: <slow>"])
    assert "http" not in page(both, []).replace("http://www.w3.org/2000/svg", "")
