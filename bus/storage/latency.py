"""Histograms that all pushers add to."""

from collections.abc import Mapping

from bus.model.latency import NAMES, LatencyHistogram
from bus.storage.transactions import Driver

_ADD = (
    "INSERT INTO timings (name, upto_ms, count, sum_ms) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (name, upto_ms) DO UPDATE SET count = timings.count + excluded.count,"
    " sum_ms = timings.sum_ms + excluded.sum_ms"
)
_ALL = "SELECT name, upto_ms, count, sum_ms FROM timings"


class Latencies:
    """Counts that grow. What a killed pusher had not added yet is missing; nothing else is."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def add(self, noted: Mapping[str, LatencyHistogram]) -> None:
        """Add what was noted since the last time."""
        rows = [
            (name, upto_ms, count, noted[name].sum_ms if first else 0)
            for name in sorted(noted)  # pushers lock rows in the same order
            for first, (upto_ms, count) in _numbered(noted[name])
        ]
        with self._driver.writing() as statements:
            statements.run_each(_ADD, rows)

    def all(self) -> dict[str, LatencyHistogram]:
        """What all pushers noted, ever."""
        found = {name: LatencyHistogram() for name in NAMES}
        for name, upto_ms, count, sum_ms in self._driver.rows(_ALL):
            if name not in found:
                continue  # of another version, or damaged
            found[name].counts[upto_ms] += count
            found[name].sum_ms += sum_ms
        return found


def _numbered(timing: LatencyHistogram) -> list[tuple[bool, tuple[int, int]]]:
    """The buckets in order; the sum goes with the first."""
    return [(place == 0, one) for place, one in enumerate(sorted(timing.counts.items()))]
