"""The bus's workers as they are, but with little time: a test needn't wait for twenty seconds."""

from service_kit.entrance import loop, threads

from bus import server

REQUEST_S = 1.0


class Protocol(loop.Protocol):
    """For the worker below."""

    request_s = REQUEST_S


class AsgiWorker(server.AsgiWorker):
    """For `bus.asgi`."""

    CONFIG_KWARGS = {**server.AsgiWorker.CONFIG_KWARGS, "http": Protocol}


class WsgiWorker(threads.ThreadWorker):
    """For `bus.app`."""

    request_s = REQUEST_S
