"""The bus as an ASGI app: `gunicorn -k bus.server.AsgiWorker "bus.asgi:create_app()"`.

The same bus as `bus.app`, with an entrance of its own for publishing and for streams; see
docs/decisions/0004-publishing-has-its-own-entrance.md.
"""

from typing import Any

from a2wsgi import WSGIMiddleware
from service_kit.clock import Clock, now_ms

from bus.api.fast_publish import FastPublish
from bus.api.streams import Streams
from bus.app import create_apps
from bus.config import Config
from bus.console.stream import ConsoleStream
from bus.server import AsgiApp, Receive, Scope, Send, lingering, under_path_asgi
from bus.storage import Logs

_THREADS = 16
_PROBES_AT_ONCE = 4
_PROBES = {"/healthz", "/readyz"}


def create_app(
    config: Config | None = None, *, logs: Logs | None = None, clock: Clock = now_ms
) -> AsgiApp:
    """The bus with its settings from the environment, or made of the given parts.

    Exits with one line per complaint when settings or database won't do.
    """
    app, bus = create_apps(config, logs=logs, clock=clock)
    # gunicorn's gthread says so too; without it Flask reads nothing of a body without a length.
    rest: Any = WSGIMiddleware(_terminated(app), workers=_THREADS)
    # The others may all be waiting for a store that hangs.
    probes: Any = WSGIMiddleware(_terminated(app), workers=_PROBES_AT_ONCE)
    streams = Streams(bus, lingering(_apart(probes, rest)))
    quick = under_path_asgi(FastPublish(bus, ConsoleStream(bus, streams)), bus.path_prefix)

    async def entrance(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await quick(scope, receive, send)
        elif scope["type"] == "lifespan":
            await _live(receive, send)

    return entrance


def _apart(probes: AsgiApp, rest: AsgiApp) -> AsgiApp:
    async def by_path(scope: Scope, receive: Receive, send: Send) -> None:
        is_probe = scope["path"] in _PROBES
        await (probes if is_probe else rest)(scope, receive, send)

    return by_path


def _terminated(app: Any) -> Any:
    def call(environ: dict[str, Any], start_response: Any) -> Any:
        environ["wsgi.input_terminated"] = True
        return app(environ, start_response)

    return call


async def _live(receive: Receive, send: Send) -> None:
    while True:
        kind = (await receive())["type"]
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return
