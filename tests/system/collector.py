"""A collector of OpenTelemetry's: takes what processes send by OTLP over HTTP, and keeps it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from gzip import decompress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Seen:
    """A span, and the process that sent it."""

    process: str
    name: str
    trace: str
    id: str
    parent: str


class Collector:
    """Where it listens, and the spans that came."""

    def __init__(self, port: int, spans: list[Seen]) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._spans = spans

    def trace_of(self, process: str, name: str) -> list[Seen]:
        """All spans of the newest trace in which a process did this, if it has."""
        spans = list(self._spans)
        traces = [one.trace for one in spans if (one.process, one.name) == (process, name)]
        return [one for one in spans if traces and one.trace == traces[-1]]


@contextmanager
def collector() -> Iterator[Collector]:
    """A collector on a free port."""
    spans: list[Seen] = []

    class Take(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            is_packed = self.headers.get("Content-Encoding") == "gzip"
            spans.extend(_spans(decompress(body) if is_packed else body))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Take) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield Collector(server.server_port, spans)
        server.shutdown()


def _spans(body: bytes) -> Iterator[Seen]:
    for of_process in ExportTraceServiceRequest.FromString(body).resource_spans:
        attributes = {one.key: one.value.string_value for one in of_process.resource.attributes}
        for scope in of_process.scope_spans:
            for span in scope.spans:
                yield Seen(
                    attributes["service.name"],
                    span.name,
                    span.trace_id.hex(),
                    span.span_id.hex(),
                    span.parent_span_id.hex(),
                )
