"""An app that takes some requests without a thread, behind the threads' server with little time."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from service_kit.entrance.asynchronous import (
    EXTENSION,
    Environ,
    Outcome,
    Settle,
    WholeAnswer,
    found_before,
)
from service_kit.entrance.threads import ThreadWorker

LONG = b"x" * 40_000_000


class Threads(ThreadWorker):
    waits_s = 1.0
    answer_s = 3.0


class App:
    """Answers `thread` in a thread, or what it had found before; `loop` without.

    | path   | what becomes of it without a thread |
    |--------|-------------------------------------|
    | /loop  | the length of its body, when the next turn's requests are taken |
    | /long  | a long answer                       |
    | /fails | an error                            |
    | /again | a thread is to take it after all    |
    | /never | nothing                             |
    | /bug   | `begin` itself fails                |
    """

    def __init__(self) -> None:
        self.extensions = {EXTENSION: self}
        self._begun: list[Callable[[], None]] = []

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        environ["wsgi.input"].read()
        found = found_before()
        body = b"thread" if found is None else repr(found).encode()
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    def begin(self, environ: Environ, body: bytes, settle: Settle) -> bool:
        outcomes: dict[str, Outcome] = {
            "/loop": WholeAnswer(200, {"X-Way": "loop"}, b"loop %d" % len(body)),
            "/long": WholeAnswer(200, {}, LONG),
            "/fails": ValueError("why"),
            "/again": None,
            "/never": None,
            "/bug": None,
        }
        path = environ["PATH_INFO"]
        if path not in outcomes:
            return False
        if path == "/bug":
            raise LookupError("of begin")
        if path != "/never":
            self._begun.append(lambda: settle(outcomes[path]))
        return True

    def flush(self) -> None:
        begun, self._begun = self._begun, []
        if begun:
            threading.Thread(target=lambda: [settle() for settle in begun]).start()


def create_app() -> App:
    return App()
