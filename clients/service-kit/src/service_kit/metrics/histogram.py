"""Durations counted by label, cheap enough for each request of each worker."""

import threading
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from service_kit.metrics import shared_memory

if TYPE_CHECKING:
    from prometheus_client.core import HistogramMetricFamily

BOUNDS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SUM = len(BOUNDS_S) + 1
_WIDTH = _SUM + 1
_MICROS = 1_000_000

Series = tuple[str, ...]


class Histogram:
    """How long things took, of all workers of a web server together.

    `series` are all values that its labels may have: what somebody sends can't make more of them.
    """

    def __init__(
        self, name: str, text: str, labels: Sequence[str] = (), series: Sequence[Series] = ((),)
    ) -> None:
        self._name, self._text, self._labels = name, text, labels
        self._places = {one: number * _WIDTH for number, one in enumerate(series)}
        self._cells = shared_memory.take(len(series) * _WIDTH)
        self._lock = threading.Lock()

    def observe(self, seconds: float, series: Series = ()) -> None:
        """Count one. Raises KeyError for values that the labels can't have."""
        place = self._places[series]
        with self._lock:
            self._cells.add(place + bisect_left(BOUNDS_S, seconds), 1)
            self._cells.add(place + _SUM, int(seconds * _MICROS))

    def collect(self) -> "Iterator[HistogramMetricFamily]":
        """The metric, without series that nothing was counted of."""
        from prometheus_client.core import HistogramMetricFamily

        counted = self._cells.sums(len(self._places) * _WIDTH)
        family = HistogramMetricFamily(self._name, self._text, labels=self._labels)
        for values, place in self._places.items():
            counts, total_us = counted[place : place + _SUM], counted[place + _SUM]
            if any(counts) or not self._labels:
                family.add_metric(values, _buckets(counts), total_us / _MICROS)
        yield family


def _buckets(counts: Sequence[int]) -> list[tuple[str, float]]:
    total, buckets = 0, []
    for bound, count in zip((*map(str, BOUNDS_S), "+Inf"), counts, strict=True):
        total += count
        buckets.append((bound, float(total)))
    return buckets
