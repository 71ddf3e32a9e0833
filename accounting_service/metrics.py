"""What whoever runs it wants to know: what waits, and what people have to look at."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from accounting_service.bootstrap import Parts

if TYPE_CHECKING:
    from prometheus_client.core import Metric


def books_metrics(parts: Parts) -> "Iterator[Metric]":
    """Payments with news, and dead letters."""
    from prometheus_client.core import GaugeMetricFamily

    waiting, dead = parts.looker.dirty.count(), parts.dead_letters.count()
    yield GaugeMetricFamily("accounting_waiting", "Payments with news to look at.", waiting)
    yield GaugeMetricFamily(
        "accounting_dead_letters", "Payments of which something can't be booked.", dead
    )
