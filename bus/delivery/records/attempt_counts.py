"""How many attempts this pusher has made, by subscription and what they were answered."""

from collections import Counter
from collections.abc import Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING

from bus.delivery.records.attempt_log import Exchange

if TYPE_CHECKING:
    from prometheus_client.core import Metric

_KNOWN = frozenset(HTTPStatus)
_LABELS = ["subscriber", "subscription", "status"]


class AttemptCounts:
    """Counts since the start of this process; Prometheus sums those of several pushers."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def add(self, exchange: Exchange) -> None:
        """Count an attempt, also one that somebody asked for."""
        subscription, status = exchange.subscription, exchange.answer.status
        self._counts[subscription.client, subscription.name, _label(status)] += 1

    def collect(self) -> "Iterator[Metric]":
        """The metric; from any thread."""
        from prometheus_client.core import CounterMetricFamily

        text = "Deliveries tried, by the status that they were answered with."
        family = CounterMetricFamily("bus_attempts", text, labels=_LABELS)
        for labels, count in self._counts.copy().items():
            family.add_metric(labels, count)
        yield family


def _label(status: int | None) -> str:
    """Whatever an endpoint makes up is one.

    | status | None   | 204   | 503   | 799     |
    |--------|--------|-------|-------|---------|
    | label  | `none` | `204` | `503` | `other` |
    """
    if status is None:
        return "none"
    return str(status) if status in _KNOWN else "other"
