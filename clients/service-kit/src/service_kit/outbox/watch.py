"""What an operator sees of an outbox: in /metrics and in /readyz."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from service_kit.errors import NotReady
from service_kit.outbox.store import Outbox

if TYPE_CHECKING:
    from prometheus_client.core import GaugeMetricFamily, Metric


def outbox_metrics(outboxes: Mapping[str, Outbox], now_ms: int) -> "Iterator[Metric]":
    """By topic of what each has stored, by its owner: what waits and since when, what was refused,
    what is held."""
    names = (
        ("outbox_waiting_events", "Events that the bus does not have yet."),
        ("outbox_refused_events", "Events that the bus refused."),
        ("outbox_held_topics", "Topics that the bus does not take from here."),
        ("outbox_oldest_seconds", "How long the first of them has waited."),
    )
    families = [_family(name, text) for name, text in names]
    for service, outbox in outboxes.items():
        waiting, refused = outbox.counts()
        ages_s = {topic: max(0, now_ms - at) / 1000 for topic, at in outbox.oldest_ms().items()}
        held = dict.fromkeys(outbox.held(), 1)
        counts: tuple[Mapping[str, float], ...] = (waiting, refused, held, ages_s)
        for family, by_topic in zip(families, counts, strict=True):
            for topic, count in by_topic.items():
                family.add_metric([service, topic], count)
    yield from families


def check_outbox(outbox: Outbox) -> str | None:
    """A readiness check: raises NotReady while a topic is held; says it when events were refused,
    for then everything else goes on."""
    held = outbox.held()
    if held:
        said = "; ".join(f"{topic} is held: {reason}" for topic, reason in held.items())
        raise NotReady(said)
    refused = sum(outbox.counts()[1].values())
    return f"{refused} events were refused" if refused else None


def _family(name: str, text: str) -> "GaugeMetricFamily":
    from prometheus_client.core import GaugeMetricFamily

    return GaugeMetricFamily(name, text, labels=["service", "topic"])
