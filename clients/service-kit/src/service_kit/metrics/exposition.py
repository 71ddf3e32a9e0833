"""Metrics as the text that Prometheus scrapes."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client.core import Metric

# Prometheus's library brings a web server: who is never asked doesn't load it.
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Collect = Callable[[], Iterable["Metric"]]
"""Makes metrics of what there is to count now; may block on a store."""


def exposition(metrics: Iterable["Metric"]) -> bytes:
    """The text of these metrics. May be repeated."""
    from prometheus_client.core import CollectorRegistry
    from prometheus_client.exposition import generate_latest

    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collected([*metrics]))
    return generate_latest(registry)


class _Collected:
    """Metrics as prometheus_client wants to have them."""

    def __init__(self, metrics: "Sequence[Metric]") -> None:
        self._metrics = metrics

    def collect(self) -> "Iterable[Metric]":
        return self._metrics
