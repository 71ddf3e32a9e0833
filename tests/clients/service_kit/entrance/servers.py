"""Each of our servers with a small app behind it, in a process of its own, with little time."""

import sys
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from service_kit.entrance.greenlets import GreenletWorker
from service_kit.entrance.loop import Protocol
from service_kit.entrance.small import BoundedHandler, SmallServer
from service_kit.entrance.threads import ThreadWorker
from uvicorn_worker import UvicornWorker

REQUEST_S = 2.0
ANSWER_S = 3.0
LONG = b"x" * 40_000_000


class Threads(ThreadWorker):
    request_s = REQUEST_S
    answer_s = ANSWER_S


class Greenlets(GreenletWorker):
    request_s = REQUEST_S


class _Protocol(Protocol):
    request_s = REQUEST_S
    answer_s = ANSWER_S


class Loop(UvicornWorker):  # type: ignore[misc]
    CONFIG_KWARGS = {**UvicornWorker.CONFIG_KWARGS, "http": _Protocol}


def wsgi(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Says how long the body was; the path `/long` has a long answer."""
    size = len(environ["wsgi.input"].read())
    body = LONG if environ["PATH_INFO"] == "/long" else b"%d" % size
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


async def asgi(scope: Any, receive: Callable[[], Awaitable[Any]], send: Any) -> None:
    """The same for a loop."""
    size, more = 0, True
    while more:
        message = await receive()
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    body = LONG if scope["path"] == "/long" else b"%d" % size
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class _Answer(BoundedHandler):
    request_s = REQUEST_S

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1")
        self.end_headers()
        self.wfile.write(b"0")


def small() -> None:
    """A small server on the port that is the last argument."""
    server = SmallServer(("127.0.0.1", int(sys.argv[-1])), _Answer)
    server.serve_forever()


if __name__ == "__main__":
    small()
