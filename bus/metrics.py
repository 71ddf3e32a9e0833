"""What `/metrics` says, in Prometheus's words (docs/delivery.md D29).

What is of the bus comes from counts that the store keeps, so several processes tell the same, and a
log of ten million events costs what one of ten does.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from service_kit.metrics.histogram import Histogram
from service_kit.metrics.processes import process_metrics

from bus.delivery.lease import LAPSES_AFTER_MS
from bus.model.delivery import Overview
from bus.model.latency import BUCKETS_MS, DELIVERY, PUBLISH_TO_DELIVERY, LatencyHistogram
from bus.model.subscription import State
from bus.model.topic import Topic
from bus.storage import Logs, Storage

_BY_SUBSCRIPTION = ["subscriber", "subscription"]


def metrics(
    logs: Logs, client: str | None = None, timings: Sequence[Histogram] = ()
) -> Iterator[Metric]:
    """What Prometheus scrapes: of one client's topics and subscriptions, or of all, then with the
    pushers, the processes of this web server and what its workers have timed."""
    yield from of_logs({name: _of_log(store, client) for name, store in logs})
    if client is None:
        for timing in timings:
            yield from timing.collect()
        yield from process_metrics()


def of_logs(collected: Mapping[str, Iterable[Metric]]) -> Iterable[Metric]:
    """The metrics of each log, by its name: as they are where there is one, else each with the
    label `log`."""
    if len(collected) == 1:
        (only,) = collected.values()
        return only
    found: dict[str, Metric] = {}
    for log, families in collected.items():
        for one in families:
            family = found.setdefault(one.name, Metric(one.name, one.documentation, one.type))
            family.samples += [
                sample._replace(labels={**sample.labels, "log": log}) for sample in one.samples
            ]
    return found.values()


def _of_log(storage: Storage, client: str | None) -> Iterator[Metric]:
    yield _published(storage.topics.all(), client)
    yield from _of_subscriptions(storage.overviews.visible_to(client))
    if client is None:
        yield from _of_all(storage)


def _of_all(storage: Storage) -> Iterator[Metric]:
    first, last = storage.log.point_at(0), storage.log.point_at(storage.log.last_position())
    events = last.position - first.position + 1 if first and last else 0
    size = last.bytes_upto - first.bytes_upto if first and last else 0
    yield GaugeMetricFamily("bus_log_events", "Events that the log holds.", events)
    yield GaugeMetricFamily("bus_log_bytes", "The size of their bodies.", size)
    alive = storage.leases.count_alive(LAPSES_AFTER_MS)
    yield GaugeMetricFamily("bus_pushers", "Pushers that are alive.", alive)
    timings = storage.latencies.all()
    yield _histogram("bus_delivery_seconds", "How long attempts took.", timings[DELIVERY])
    yield _histogram(
        "bus_publish_to_delivery_seconds",
        "From publishing an event to its acknowledgement.",
        timings[PUBLISH_TO_DELIVERY],
    )


def _published(topics: Iterable[Topic], client: str | None) -> Metric:
    family = CounterMetricFamily(
        "bus_published_events", "Events published, by topic.", labels=["topic"]
    )
    for topic in topics:
        is_visible = client in {None, topic.publisher}
        if (
            topic.events and is_visible
        ):  # a name that somebody subscribed to is no topic that anybody publishes
            family.add_metric([topic.name], topic.events)
    return family


def _of_subscriptions(overviews: Sequence[Overview]) -> Iterator[Metric]:
    delivered = CounterMetricFamily(
        "bus_delivered_events", "Events acknowledged.", labels=_BY_SUBSCRIPTION
    )
    gauges = {
        name: GaugeMetricFamily(name, text, labels=_BY_SUBSCRIPTION)
        for name, text in (
            ("bus_lag_events", "Events ahead of the cursor."),
            ("bus_lag_seconds", "The age of the oldest of them."),
            ("bus_parked_events", "Events of entities that wait apart."),
            ("bus_dead_letters", "Events that were given up."),
            ("bus_failures", "Attempts in a row that have failed."),
        )
    }
    states = GaugeMetricFamily(
        "bus_subscription_state", "1 for the state it is in.", labels=[*_BY_SUBSCRIPTION, "state"]
    )
    for one in overviews:
        who = [one.subscription.client, one.subscription.name]
        delivered.add_metric(who, one.sent)
        gauges["bus_lag_events"].add_metric(who, one.lag.events)
        gauges["bus_lag_seconds"].add_metric(who, (one.lag.oldest_ms or 0) / 1000)
        gauges["bus_parked_events"].add_metric(who, one.parked)
        gauges["bus_dead_letters"].add_metric(who, one.dead_letters)
        gauges["bus_failures"].add_metric(who, one.health.failures)
        for state in State:
            states.add_metric([*who, state], one.subscription.state is state)
    yield delivered
    yield states
    yield from gauges.values()


def _histogram(name: str, text: str, timing: LatencyHistogram) -> Metric:
    buckets, total = [], 0
    for upto_ms in BUCKETS_MS:
        total += timing.counts.get(upto_ms, 0)
        buckets.append((str(upto_ms / 1000) if upto_ms else "+Inf", total))
    return HistogramMetricFamily(name, text, buckets=buckets, sum_value=timing.sum_ms / 1000)
