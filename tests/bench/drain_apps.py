"""What is compared: a WSGI app that reads and parses a delivery, and the Basic stack."""

import json
import os
from collections.abc import Callable, Sequence
from typing import Any

from bus_drain import Basic, Event, open_state

UUID = "bench"
SECRET = "whsec_" + "YmVuY2gt" * 4

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Any]


def bare() -> Wsgi:
    """Reads and parses the body, answers 204."""

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        start_response("204 No Content", [])
        return []

    return _with_readyz(app)


def basic() -> Wsgi:
    """The Basic stack with a listener that does nothing: signature, parsing, deduplication."""

    def on_events(_events: Sequence[Event]) -> None:
        return

    state = open_state(os.environ["BENCH_STATE_URL"])
    return _with_readyz(Basic(uuid=UUID, secrets=[SECRET], state=state, listeners={"*": on_events}))


def _with_readyz(app: Wsgi) -> Wsgi:
    """Also answers /readyz, with the number of the worker's process."""

    def routed(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if environ["PATH_INFO"] == "/readyz":
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [str(os.getpid()).encode()]
        return app(environ, start_response)

    return routed
