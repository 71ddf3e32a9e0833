"""What an operator sees of an outbox: in /metrics and in /readyz."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from service_kit.errors import NotReady
from service_kit.outbox.store import Outbox

if TYPE_CHECKING:
    from prometheus_client.core import GaugeMetricFamily, Metric


def metrics(outboxes: Mapping[str, Outbox]) -> bytes:
    """The text that Prometheus scrapes: counts by topic of what each has stored, by its owner."""
    # Who is asked has its library: a web server comes with that.
    from prometheus_client.core import CollectorRegistry
    from prometheus_client.exposition import generate_latest

    waiting = _family("outbox_waiting_events", "Events that the bus does not have yet.")
    refused = _family("outbox_refused_events", "Events that the bus refused.")
    held = _family("outbox_held_topics", "Topics that the bus does not take from here.")
    for service, outbox in outboxes.items():
        counts = (*outbox.counts(), dict.fromkeys(outbox.held(), 1))
        for family, by_topic in zip((waiting, refused, held), counts, strict=True):
            for topic, count in by_topic.items():
                family.add_metric([service, topic], count)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collected([waiting, refused, held]))
    return generate_latest(registry)


def check_outbox(outbox: Outbox) -> str | None:
    """A readiness check: raises NotReady while a topic is held; says it when events were refused,
    for then everything else goes on."""
    held = outbox.held()
    if held:
        said = "; ".join(f"{topic} is held: {reason}" for topic, reason in held.items())
        raise NotReady(said)
    refused = sum(outbox.counts()[1].values())
    return f"{refused} events were refused" if refused else None


class _Collected:
    """Families as prometheus_client wants to have them."""

    def __init__(self, families: "Sequence[Metric]") -> None:
        self._families = families

    def collect(self) -> "Iterable[Metric]":
        return self._families


def _family(name: str, text: str) -> "GaugeMetricFamily":
    from prometheus_client.core import GaugeMetricFamily

    return GaugeMetricFamily(name, text, labels=["service", "topic"])
