"""How gunicorn runs every web process: `from service_kit.web_server import *` in its settings.

They are a Python file whose names are gunicorn's; what a service has otherwise it sets after.
"""

import importlib
from collections.abc import Callable

from service_kit.config import nowhere, or_exit

__all__ = ["control_socket_disable", "graceful_timeout", "keepalive", "worker_class", "workers"]

worker_class = "gthread"
workers = 2
keepalive = 30
graceful_timeout = 4
# Its default path is one per user, so that a second service would refuse to start.
control_socket_disable = True


def refusing_bad_settings(package: str) -> Callable[[object], None]:
    """An `on_starting` that reads `<package>.config` in the master, before any worker: clear lines
    and no traceback."""

    def on_starting(_server: object) -> None:
        read = importlib.import_module(f"{package}.config").read
        or_exit(lambda: read(nowhere))

    return on_starting
