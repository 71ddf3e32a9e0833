"""/healthz says that a process lives, /readyz that it can work; in web apps and in workers."""

import json
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from service_kit.entrance.small import BoundedHandler, SmallServer

if TYPE_CHECKING:
    from flask import Flask

Check = Callable[[], Any]
"""Returns when all is well, raises when it isn't."""


def readiness(checks: Mapping[str, Check]) -> tuple[int, dict[str, str]]:
    """Run the checks: 200 when all pass, else 503; each one's word, without secrets."""
    words = {name: _word(check) for name, check in checks.items()}
    return (200 if set(words.values()) <= {"ok"} else 503), words


def install_health(app: "Flask", checks: Mapping[str, Check]) -> None:
    """Serve /healthz and /readyz from a Flask app."""
    from flask import Response

    @app.get("/healthz")
    def healthz() -> Response:
        return Response('{"status":"ok"}', mimetype="application/json")

    @app.get("/readyz")
    def readyz() -> Response:
        status, words = readiness(checks)
        return Response(json.dumps(words), status, mimetype="application/json")


def serve_health(port: int, checks: Mapping[str, Check]) -> SmallServer:
    """Serve /healthz and /readyz from a worker process, in a thread, on loopback and `port`."""

    class Answer(BoundedHandler):
        def do_GET(self) -> None:  # noqa: N802 - the name is the method
            status, words = (
                (200, {"status": "ok"}) if self.path == "/healthz" else readiness(checks)
            )
            body = json.dumps(words).encode()
            self.send_response(status if self.path in {"/healthz", "/readyz"} else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = SmallServer(("127.0.0.1", port), Answer)
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
    return server


def _word(check: Check) -> str:
    try:
        check()
    except Exception as error:  # noqa: BLE001 - whatever a check raises means "not ready"
        return f"not ready ({type(error).__name__})"
    return "ok"
