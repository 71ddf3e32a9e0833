"""The bus's workers as they are, but with little time: a test needn't wait for twenty seconds."""

from bus import server

REQUEST_S = 1.0


class Protocol(server.Protocol):
    """For the worker below."""

    request_s = REQUEST_S


class AsgiWorker(server.AsgiWorker):
    """For `bus.asgi`."""

    CONFIG_KWARGS = {**server.AsgiWorker.CONFIG_KWARGS, "http": Protocol}


class WsgiWorker(server.WsgiWorker):
    """For `bus.app`."""

    request_s = REQUEST_S
