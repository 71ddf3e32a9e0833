"""/healthz says that a process lives, /readyz that it can work; in web apps and in workers."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any

from service_kit.entrance.small import BoundedHandler, SmallServer
from service_kit.errors import NotReady, StoreUnavailable
from service_kit.metrics.exposition import CONTENT_TYPE, Collect, exposition
from service_kit.metrics.processes import process_metrics

if TYPE_CHECKING:
    from flask import Flask

ANSWER_S = 1.5
"""Who asks whether a process is ready gives up soon, and then knows nothing."""
_OK = "ok"
_AGAIN = {"Retry-After": "1"}

Check = Callable[[], Any]
"""Returns when all is well, or what isn't as it should be although it works; else raises."""


class Readiness:
    """Runs checks, each in a thread of its own, and answers within 1.5 s whatever they hang in.

    A check that hangs is not begun again before it has ended: its next askers wait for that one.
    """

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = {name: _Watched(check) for name, check in checks.items()}

    def __call__(self) -> tuple[int, dict[str, str]]:
        """200 when all pass, else 503; each one's word, without secrets."""
        by_s = time.monotonic() + ANSWER_S
        running = {name: check.run() for name, check in self._checks.items()}
        words = {name: run.word(by_s) for name, run in running.items()}
        return (200 if all(word.startswith(_OK) for word in words.values()) else 503), words


def install_health(app: "Flask", checks: Mapping[str, Check]) -> None:
    """Serve /healthz and /readyz from a Flask app."""
    from flask import Response

    readiness = Readiness(checks)

    @app.get("/healthz")
    def healthz() -> Response:
        return Response('{"status":"ok"}', mimetype="application/json")

    @app.get("/readyz")
    def readyz() -> Response:
        status, words = readiness()
        headers = {} if status == 200 else _AGAIN
        return Response(json.dumps(words), status, headers, mimetype="application/json")


def serve_health(port: int, checks: Mapping[str, Check], collect: Collect = tuple) -> SmallServer:
    """Serve /healthz, /readyz and /metrics from a worker process, in a thread, on loopback and
    `port`: what the process takes, and the metrics that `collect` makes."""

    class Answer(_Answer):
        readiness = Readiness(checks)
        metrics = staticmethod(lambda: exposition(chain(process_metrics(), collect())))

    server = SmallServer(("127.0.0.1", port), Answer)
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
    return server


class _Answer(BoundedHandler):
    readiness: Readiness
    metrics: Callable[[], bytes]

    def do_GET(self) -> None:  # noqa: N802 - the name is the method
        if self.path == "/healthz":
            self._answer(200, {"status": "ok"})
        elif self.path == "/readyz":
            self._answer(*self.readiness())
        elif self.path == "/metrics":
            self._tell_metrics()
        else:
            self._answer(404, {})

    def _tell_metrics(self) -> None:
        try:
            self._write(200, CONTENT_TYPE, self.metrics())
        except StoreUnavailable as error:
            self._answer(503, {"error": str(error)})

    def _answer(self, status: int, words: Mapping[str, str]) -> None:
        self._write(status, "application/json", json.dumps(words).encode())

    def _write(self, status: int, media_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in ({} if status == 200 else _AGAIN).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class _Watched:
    """A check, of which one run at most is under way."""

    def __init__(self, check: Check) -> None:
        self._check = check
        self._lock = threading.Lock()
        self._run: _Run | None = None

    def run(self) -> "_Run":
        """The run that is under way, or a new one."""
        with self._lock:
            if self._run is None or self._run.is_over:
                self._run = _Run(self._check)
            return self._run


class _Run:
    def __init__(self, check: Check) -> None:
        self._check = check
        self._over = threading.Event()
        self._word = ""
        threading.Thread(target=self._ask, name="readiness", daemon=True).start()

    @property
    def is_over(self) -> bool:
        """Whether there is a word."""
        return self._over.is_set()

    def word(self, by_s: float) -> str:
        """What came of it, if it comes by then."""
        if self._over.wait(max(0.0, by_s - time.monotonic())):
            return self._word
        return "not ready (no answer)"

    def _ask(self) -> None:
        try:
            self._word = _word(self._check)
        finally:
            self._over.set()


def _word(check: Check) -> str:
    try:
        said = check()
    except NotReady as error:
        return f"not ready ({error})"
    except Exception as error:  # noqa: BLE001 - whatever a check raises means "not ready"
        return f"not ready ({type(error).__name__})"
    return f"{_OK}, but {said}" if isinstance(said, str) else _OK
