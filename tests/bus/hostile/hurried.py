"""The bus's workers as they are, but with little time: a test needn't wait for twenty seconds."""

from bus import workers

REQUEST_S = 1.0


class Protocol(workers.Protocol):
    """For the worker below."""

    request_s = REQUEST_S


class Loop(workers.Loop):
    """For `bus.asgi`."""

    CONFIG_KWARGS = {**workers.Loop.CONFIG_KWARGS, "http": Protocol}


class Threads(workers.Threads):
    """For `bus.app`."""

    request_s = REQUEST_S
