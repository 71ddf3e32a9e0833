import subprocess
import sys

import pytest
from prometheus_client.core import Metric
from service_kit.metrics.histogram import Histogram

# Three workers of one master: the third takes the place of the first, which has died.
WORKERS = """
import os
from service_kit.metrics import shared_memory
from service_kit.metrics.histogram import Histogram

shared_memory.share()
asked, told = os.pipe()

def work(slot, times):
    child = os.fork()
    if child:
        return child
    shared_memory.enter(slot)
    other, ours = Histogram("other", "…"), Histogram("it", "…", ["of"], [("a",), ("b",)])
    other.observe(1.0)
    for _ in range(times):
        ours.observe(0.002, ("b",))
    family, = ours.collect()
    count, = (s.value for s in family.samples if s.name == "it_count")
    os.write(told, f"{count:.0f} {len(shared_memory.members())}\\n".encode())
    os._exit(0)

for slot, times in ((0, 2), (1, 3), (0, 4)):
    os.waitpid(work(slot, times), 0)
os.close(told)
print(os.read(asked, 1000).decode(), end="")
"""


def samples(metric: Metric) -> dict[str, float]:
    return {f"{s.name}{sorted(s.labels.values())}": s.value for s in metric.samples}


def test_a_duration_is_in_the_bucket_of_its_bound_and_in_all_above() -> None:
    histogram = Histogram("it_seconds", "How long.")
    for seconds in (0.001, 0.0011, 4.0, 60.0):
        histogram.observe(seconds)
    (metric,) = histogram.collect()
    found = samples(metric)
    assert [found[f"it_seconds_bucket['{le}']"] for le in ("0.001", "0.0025", "5.0", "+Inf")] == [
        *(1, 2, 3, 4)
    ]
    assert found["it_seconds_count[]"] == 4
    assert found["it_seconds_sum[]"] == pytest.approx(64.0021)


def test_series_of_which_nothing_was_counted_are_left_out() -> None:
    histogram = Histogram("it", "How long.", ["of"], [("a",), ("b",)])
    histogram.observe(1.0, ("a",))
    (metric,) = histogram.collect()
    assert {sample.labels["of"] for sample in metric.samples} == {"a"}


def test_what_is_no_value_of_a_label_makes_no_series() -> None:
    with pytest.raises(KeyError):
        Histogram("it", "How long.", ["of"], [("a",)]).observe(1.0, ("made up",))


def test_any_worker_tells_what_all_have_counted_also_those_that_died() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WORKERS], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines() == ["2 2", "5 2", "9 2"]
