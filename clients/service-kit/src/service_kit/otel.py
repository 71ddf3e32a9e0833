"""Spans to OpenTelemetry, where `OTEL_…` in the environment says whereto; else nothing is loaded.

`pip install "opentelemetry-sdk" "opentelemetry-exporter-otlp-proto-http"`, or the extra `otel`.
"""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from service_kit.logs import get_logger
from service_kit.trace import Span, record_spans

if TYPE_CHECKING:
    from opentelemetry.trace import SpanContext

log = get_logger(__name__)

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_SCOPE = "gavel"


def export_spans(process: str) -> None:
    """Send this process's spans to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names, by
    OTLP over HTTP, in a thread of its own; without one nothing happens.

    Called by each process once it is the one that works: after a fork. The other variables of
    OpenTelemetry's SDK hold too (sampler, headers, resource, batches, OTEL_SDK_DISABLED).
    """
    if not _is_wanted():
        return
    try:
        record, samples = _recorder(process)
    except ImportError as error:
        log.warning("no spans: install the extra otel", missing=error.name)
        return
    record_spans(record, samples)


def _is_wanted() -> bool:
    says = os.environ.get
    is_off = says("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    is_none = says("OTEL_TRACES_EXPORTER", "otlp").strip().lower() == "none"
    return any(says(name) for name in _ENDPOINTS) and not is_off and not is_none


def _recorder(process: str) -> tuple[Callable[[Span], None], Callable[[str], bool]]:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.util.instrumentation import InstrumentationScope
    from opentelemetry.trace import SpanKind, Status, StatusCode

    name = os.environ.get("OTEL_SERVICE_NAME") or process
    resource = Resource.create({"service.name": name, "service.namespace": _SCOPE})
    provider = TracerProvider(resource=resource)  # it ends with the process, and flushes then
    processor = BatchSpanProcessor(OTLPSpanExporter())
    provider.add_span_processor(processor)
    scope = InstrumentationScope(_SCOPE)

    def record(span: Span) -> None:
        processor.on_end(
            ReadableSpan(
                name=span.name,
                context=_context(span.traceparent),
                parent=_context(span.parent) if span.parent else None,
                resource=resource,
                attributes=span.attributes,
                kind=SpanKind[span.kind.upper()],
                status=Status(StatusCode.ERROR, span.error) if span.error else Status(),
                start_time=span.began_ns,
                end_time=span.ended_ns,
                instrumentation_scope=scope,
            )
        )

    def samples(trace_id: str) -> bool:
        judged: Any = provider.sampler.should_sample(None, int(trace_id, 16), process)
        return bool(judged.decision.is_sampled())

    return record, samples


def _context(traceparent: str) -> "SpanContext":
    from opentelemetry.trace import SpanContext, TraceFlags

    _, trace_id, span_id, flags = traceparent.split("-")
    return SpanContext(int(trace_id, 16), int(span_id, 16), False, TraceFlags(int(flags, 16)))
