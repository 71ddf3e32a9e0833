"""What the operating system says of a process: memory, processor, files, since when."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from service_kit.metrics.shared_memory import members

if TYPE_CHECKING:
    from prometheus_client.core import Metric


def process_metrics() -> "Iterator[Metric]":
    """`process_…` of Prometheus's clients, of each process that this one speaks for, by `process`.
    Nothing where there is no /proc."""
    from prometheus_client.core import Metric
    from prometheus_client.process_collector import ProcessCollector

    families: dict[str, Metric] = {}
    for process, pid in members().items():
        collector = ProcessCollector(pid=lambda pid=pid: pid, registry=None)  # type: ignore[misc]
        for one in collector.collect():
            family = families.setdefault(one.name, Metric(one.name, one.documentation, one.type))
            for sample in one.samples:
                family.add_sample(sample.name, {"process": process}, sample.value)
    yield from families.values()
