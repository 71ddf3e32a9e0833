"""What the live process counts of its streams."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from auction_app.live.hub import Hub

if TYPE_CHECKING:
    from prometheus_client.core import Metric


def stream_metrics(hub: Hub) -> "Iterator[Metric]":
    """How many streams are open now."""
    from prometheus_client.core import GaugeMetricFamily

    yield GaugeMetricFamily("live_streams", "Streams that are open.", hub.streams)
