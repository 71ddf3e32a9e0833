import pytest

from bus.model.latency import bucket


@pytest.mark.parametrize(
    ("took_ms", "upto_ms"),
    [(0, 1), (1, 1), (2, 2), (3, 5), (50, 50), (51, 100), (3_600_000, 3_600_000), (3_600_001, 0)],
)
def test_a_duration_falls_into_the_first_bucket_that_holds_it(took_ms: int, upto_ms: int) -> None:
    assert bucket(took_ms) == upto_ms
