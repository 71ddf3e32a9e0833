"""W3C trace context: one id that follows a bid through every service's log, and its spans."""

import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from flask import Flask, Response

Kind = Literal["internal", "server", "client", "producer", "consumer"]

_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})", re.ASCII)
_PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
_FAILED = 500
_TRACE_CHARACTERS = len("00-") + 32
_current: ContextVar[str | None] = ContextVar("traceparent", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of work within a trace: from when to when, what it was part of, how it failed."""

    name: str
    kind: Kind
    traceparent: str
    parent: str | None
    began_ns: int
    ended_ns: int
    error: str | None = None
    attributes: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(slots=True)
class _Recording:
    """Who takes the spans of this process, if anybody does, and which new traces are wanted."""

    record: Callable[[Span], None] | None = None
    samples: Callable[[str], bool] = lambda _: True


_recording = _Recording()


def record_spans(record: Callable[[Span], None] | None, samples: Callable[[str], bool]) -> None:
    """From now on hand every span to `record`, which must not block (None: to nobody); `samples`
    says of a new trace's id whether it is wanted."""
    _recording.record, _recording.samples = record, samples


def is_recording() -> bool:
    """Whether anybody takes spans: who makes them afterwards asks this first."""
    return _recording.record is not None


def record(
    name: str,
    kind: Kind,
    *,
    ours: str,
    before: str | None,
    began_ns: int,
    ended_ns: int | None = None,
    error: str | None = None,
    attributes: Mapping[str, str | int] | None = None,
) -> None:
    """Hand over a span that has ended (None: now): `ours` is its traceparent, `before` what it
    continued, if that was one."""
    if _recording.record is None:
        return
    is_part = before is not None and before[:_TRACE_CHARACTERS] == ours[:_TRACE_CHARACTERS]
    _recording.record(
        Span(
            name=name,
            kind=kind,
            traceparent=ours,
            parent=before if is_part else None,
            began_ns=began_ns,
            ended_ns=time.time_ns() if ended_ns is None else ended_ns,
            error=error,
            attributes=attributes or {},
        )
    )


def current_traceparent() -> str:
    """The `traceparent` header to send on now: the trace at work, or a new one."""
    return _current.get() or new_traceparent()


def traceparent_at_work() -> str | None:
    """The same, but None without a trace at work: to be kept with what goes on with it later."""
    return _current.get()


def current_trace_id() -> str | None:
    """The 32 hex digits of the trace at work, if there is one."""
    traceparent = _current.get()
    return traceparent.split("-")[1] if traceparent else None


def new_traceparent() -> str:
    """A fresh trace, sampled unless whoever takes spans wants none of it."""
    trace_id = secrets.token_hex(16)
    flags = "01" if _recording.samples(trace_id) else "00"
    return f"00-{trace_id}-{secrets.token_hex(8)}-{flags}"


def continued(traceparent: str | None) -> str:
    """The same trace with a span id of our own; a new trace when the header is absent or bad."""
    match = _TRACEPARENT.fullmatch(traceparent or "")
    if match is None or set(match[1]) == {"0"}:
        return new_traceparent()
    return f"00-{match[1]}-{secrets.token_hex(8)}-{match[3]}"


@contextmanager
def tracing(
    traceparent: str | None, name: str, kind: Kind = "internal", **attributes: str | int
) -> Iterator[str]:
    """Work inside the given trace (or a new one), as a span of it; yields the traceparent to pass
    on."""
    ours = continued(traceparent)
    token, began_ns = _current.set(ours), time.time_ns()
    error = None
    try:
        yield ours
    except BaseException as failure:
        error = type(failure).__name__
        raise
    finally:
        _current.reset(token)
        record(
            name,
            kind,
            ours=ours,
            before=traceparent,
            began_ns=began_ns,
            error=error,
            attributes=attributes,
        )


@contextmanager
def calling(name: str, **attributes: str | int) -> Iterator[None]:
    """A span around a call to somebody else, within the trace at work; without one, or with nobody
    who takes spans, nothing."""
    parent = _current.get()
    if parent is None or not is_recording():
        yield
        return
    with tracing(parent, name, "client", **attributes):
        yield


def install_trace(app: "Flask") -> None:
    """Bind every request of a Flask app to the trace that its caller sent."""
    from flask import g, request

    @app.before_request
    def bind() -> None:
        ours = continued(request.headers.get("traceparent"))
        g.trace = (_current.set(ours), ours, time.time_ns())

    @app.after_request
    def note(response: "Response") -> "Response":
        g.status = response.status_code
        return response

    @app.teardown_request
    def release(_error: BaseException | None) -> None:
        if (trace := g.pop("trace", None)) is None:
            return
        token, ours, began_ns = trace
        _current.reset(token)
        if is_recording() and request.path not in _PROBES:
            rule = request.url_rule.rule if request.url_rule else ""
            status = g.get("status", _FAILED)
            record(
                f"{request.method} {rule}".rstrip(),
                "server",
                ours=ours,
                before=request.headers.get("traceparent"),
                began_ns=began_ns,
                error=str(status) if status >= _FAILED else None,
                attributes={
                    "http.request.method": request.method,
                    "http.response.status_code": status,
                },
            )
