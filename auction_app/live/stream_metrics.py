"""What the live process counts of its streams."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from auction_app.live.hub import Hub
from auction_app.live.readers import Readers

if TYPE_CHECKING:
    from prometheus_client.core import Metric


def stream_metrics(hub: Hub, readers: Readers) -> "Iterator[Metric]":
    """How many streams are open now."""
    from prometheus_client.core import GaugeMetricFamily

    yield GaugeMetricFamily("live_streams", "Streams of items that are open.", hub.streams)
    words = "Streams of devices and signed-in browsers that are open."
    yield GaugeMetricFamily("live_own_streams", words, readers.streams)
