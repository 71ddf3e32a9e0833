import pytest

from bus.model.latency import LatencyHistogram, bucket


@pytest.mark.parametrize(
    ("took_ms", "upto_ms"),
    [(0, 1), (1, 1), (2, 2), (3, 5), (50, 50), (51, 100), (3_600_000, 3_600_000), (3_600_001, 0)],
)
def test_a_duration_falls_into_the_first_bucket_that_holds_it(took_ms: int, upto_ms: int) -> None:
    assert bucket(took_ms) == upto_ms


def test_every_bound_is_the_end_of_its_bucket() -> None:
    bounds = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 60_000]
    following = [*bounds[1:], 3_600_000]
    assert [bucket(bound) for bound in bounds] == bounds
    assert [bucket(bound + 1) for bound in bounds] == following


def test_what_takes_as_long_is_counted_together() -> None:
    histogram = LatencyHistogram()
    histogram.note(3)
    histogram.note(4, times=2)
    histogram.note_alike(50, 3, 100)
    assert (dict(histogram.counts), histogram.sum_ms) == ({5: 3, 50: 3}, 111)
