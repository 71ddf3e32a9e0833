"""Waiting longer after each failure."""

import pytest
from service_kit.backoff import backoff_s


@pytest.mark.parametrize(
    ("failures", "longest"), [(1, 1), (2, 2), (3, 4), (10, 512), (11, 600), (9999, 600)]
)
def test_back_off_doubles_up_to_its_cap_with_jitter(failures: int, longest: float) -> None:
    assert backoff_s(failures, chance=lambda: 1.0) == longest
    assert backoff_s(failures, chance=lambda: 0.0) == longest / 2
