"""/healthz says that a process lives, /readyz that it can work; in web apps and in workers."""

import json
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from service_kit.entrance.small import BoundedHandler, SmallServer
from service_kit.errors import NotReady

if TYPE_CHECKING:
    from flask import Flask

_OK = "ok"

Check = Callable[[], Any]
"""Returns when all is well, or what isn't as it should be although it works; else raises."""


def readiness(checks: Mapping[str, Check]) -> tuple[int, dict[str, str]]:
    """Run the checks: 200 when all pass, else 503; each one's word, without secrets."""
    words = {name: _word(check) for name, check in checks.items()}
    return (200 if all(word.startswith(_OK) for word in words.values()) else 503), words


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


def serve_health(
    port: int, checks: Mapping[str, Check], metrics: Callable[[], bytes] | None = None
) -> SmallServer:
    """Serve /healthz and /readyz from a worker process, in a thread, on loopback and `port`; and
    /metrics, where there are `metrics` in Prometheus's words."""

    class Answer(BoundedHandler):
        def do_GET(self) -> None:  # noqa: N802 - the name is the method
            if self.path == "/healthz":
                self._answer(200, {"status": "ok"})
            elif self.path == "/readyz":
                self._answer(*readiness(checks))
            elif self.path == "/metrics" and metrics is not None:
                self._write(200, "text/plain; version=0.0.4; charset=utf-8", metrics())
            else:
                self._answer(404, {})

        def _answer(self, status: int, words: Mapping[str, str]) -> None:
            self._write(status, "application/json", json.dumps(words).encode())

        def _write(self, status: int, media_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = SmallServer(("127.0.0.1", port), Answer)
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
    return server


def _word(check: Check) -> str:
    try:
        said = check()
    except NotReady as error:
        return f"not ready ({error})"
    except Exception as error:  # noqa: BLE001 - whatever a check raises means "not ready"
        return f"not ready ({type(error).__name__})"
    return f"{_OK}, but {said}" if isinstance(said, str) else _OK
