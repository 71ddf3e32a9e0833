"""Traces: what goes on with which, and who hears of the pieces of work in them."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextvars import Context

import pytest
from flask import Flask
from service_kit.trace import (
    Span,
    calling,
    current_traceparent,
    install_trace,
    record_spans,
    tracing,
)

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SENT = f"00-{TRACE}-00f067aa0ba902b7-01"

PROCESS = """
import sys
from service_kit.logs import configure_logs
from service_kit.otel import export_spans
from service_kit.trace import is_recording
configure_logs("it")
if "without" in sys.argv:
    sys.modules["opentelemetry.sdk.trace"] = None
export_spans("it")
print("loaded", any(name.startswith("opentelemetry.sdk") for name in sys.modules))
print("recording", is_recording())
"""


@pytest.fixture
def spans() -> Iterator[list[Span]]:
    """What was recorded of this thread's work; others may be at theirs still."""
    taken: list[Span] = []
    ours = threading.get_ident()

    def take(span: Span) -> None:
        if threading.get_ident() == ours:
            taken.append(span)

    record_spans(take, lambda _: True)
    yield taken
    record_spans(None, lambda _: True)


def test_work_within_work_is_a_span_within_a_span(spans: list[Span]) -> None:
    with tracing(SENT, "outer"), calling("inner", to="somebody"):
        carried = current_traceparent()
    inner, outer = spans
    assert (outer.name, outer.parent) == ("outer", SENT)
    assert (inner.name, inner.parent, inner.kind) == ("inner", outer.traceparent, "client")
    assert inner.traceparent == carried
    assert inner.attributes == {"to": "somebody"}
    assert outer.began_ns <= inner.began_ns <= inner.ended_ns <= outer.ended_ns


def test_work_that_fails_says_with_what(spans: list[Span]) -> None:
    with pytest.raises(KeyError), tracing(SENT, "work"):
        raise KeyError
    assert spans[0].error == "KeyError"


@pytest.mark.parametrize("sent", [None, "", "nonsense", f"00-{'0' * 32}-00f067aa0ba902b7-01"])
def test_what_is_no_trace_begins_a_new_one_without_a_parent(
    spans: list[Span], sent: str | None
) -> None:
    with tracing(sent, "work") as ours:
        pass
    assert spans[0].parent is None
    assert spans[0].traceparent == ours


def test_a_call_outside_of_any_trace_is_no_span(spans: list[Span]) -> None:
    def call() -> None:
        with calling("poll"):
            pass

    Context().run(call)  # what ran before in this thread may have left a trace
    assert spans == []


def test_a_new_trace_is_sampled_if_it_is_wanted() -> None:
    record_spans(lambda _: None, lambda trace_id: False)
    try:
        assert Context().run(current_traceparent).endswith("-00")
    finally:
        record_spans(None, lambda _: True)
    assert Context().run(current_traceparent).endswith("-01")


def test_a_request_is_a_span_of_its_route_and_probes_are_none(spans: list[Span]) -> None:
    app = Flask("shop")
    install_trace(app)
    app.add_url_rule("/items/<id>", view_func=lambda id: (id, 404))
    app.add_url_rule("/healthz", view_func=dict, endpoint="health")
    client = app.test_client()
    client.get("/items/7", headers={"traceparent": SENT})
    client.get("/healthz")
    (span,) = spans
    assert (span.name, span.kind, span.parent) == ("GET /items/<id>", "server", SENT)
    assert span.attributes["http.response.status_code"] == 404
    assert span.error is None


@pytest.mark.parametrize(
    ("settings", "argument", "said"),
    [
        ({}, "with", ["loaded False", "recording False"]),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}, "with", ["recording True"]),
        (
            {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_SDK_DISABLED": "true"},
            "with",
            ["loaded False", "recording False"],
        ),
        (
            {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_TRACES_EXPORTER": "none"},
            "with",
            ["loaded False", "recording False"],
        ),
        (
            {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"},
            "without",
            ["no spans: install the extra otel", "recording False"],
        ),
    ],
)
def test_opentelemetry_is_loaded_where_it_is_told_whereto(
    settings: dict[str, str], argument: str, said: list[str]
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROCESS, argument],
        env=settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert all(words in done.stdout for words in said), done.stdout
