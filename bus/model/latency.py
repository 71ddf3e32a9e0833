"""How long things take, counted in buckets."""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

DELIVERY = "delivery"
PUBLISH_TO_DELIVERY = "publish_to_delivery"
NAMES = (DELIVERY, PUBLISH_TO_DELIVERY)

_UPTO_MS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 60_000)
BUCKETS_MS = (*_UPTO_MS, 3_600_000, 0)
"""The upper ends of the buckets; 0 stands for what took longer than all of them."""


@dataclass(slots=True)
class LatencyHistogram:
    """How many took up to each bound and longer than the one before, and how long all took."""

    counts: Counter[int] = field(default_factory=Counter)
    sum_ms: int = 0

    def note(self, took_ms: int, times: int = 1) -> None:
        """Count something that took so long, `times` over."""
        self.note_alike(bucket(took_ms), times, took_ms * times)

    def note_alike(self, upto_ms: int, times: int, sum_ms: int) -> None:
        """Count so many of one bucket, which took so long together."""
        self.counts[upto_ms] += times
        self.sum_ms += sum_ms


def bucket(took_ms: int) -> int:
    """The bucket of a duration.

    | ms     | 0 | 1 | 2 | 3 | 50 | 51  | 3 600 000 | 3 600 001 |
    |--------|---|---|---|---|----|-----|-----------|-----------|
    | bucket | 1 | 1 | 2 | 5 | 50 | 100 | 3 600 000 | 0         |
    """
    place = bisect_left(BUCKETS_MS, took_ms, hi=len(BUCKETS_MS) - 1)
    return BUCKETS_MS[place]
