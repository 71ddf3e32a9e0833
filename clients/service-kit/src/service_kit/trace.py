"""W3C trace context: one id that follows a bid through every service's log."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})", re.ASCII)
_current: ContextVar[str | None] = ContextVar("traceparent", default=None)


def current_traceparent() -> str:
    """The `traceparent` header to send on now: the trace at work, or a new one."""
    return _current.get() or new_traceparent()


def current_trace_id() -> str | None:
    """The 32 hex digits of the trace at work, if there is one."""
    traceparent = _current.get()
    return traceparent.split("-")[1] if traceparent else None


def new_traceparent() -> str:
    """A fresh trace, sampled."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def continued(traceparent: str | None) -> str:
    """The same trace with a span id of our own; a new trace when the header is absent or bad."""
    match = _TRACEPARENT.fullmatch(traceparent or "")
    if match is None or set(match[1]) == {"0"}:
        return new_traceparent()
    return f"00-{match[1]}-{secrets.token_hex(8)}-{match[3]}"


@contextmanager
def tracing(traceparent: str | None) -> Iterator[str]:
    """Work inside the given trace (or a new one); yields the traceparent to pass on."""
    token = _current.set(continued(traceparent))
    try:
        yield _current.get() or ""
    finally:
        _current.reset(token)


def install_trace(app: "Flask") -> None:
    """Bind every request of a Flask app to the trace that its caller sent."""
    from flask import g, request

    @app.before_request
    def bind() -> None:
        g.trace = _current.set(continued(request.headers.get("traceparent")))

    @app.teardown_request
    def release(_error: BaseException | None) -> None:
        if (token := g.pop("trace", None)) is not None:
            _current.reset(token)
