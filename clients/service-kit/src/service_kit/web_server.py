"""How gunicorn runs every web process: `from service_kit.web_server import *` in its settings.

They are a Python file whose names are gunicorn's; what a service has otherwise it sets after.
"""

import gc
import importlib
from collections.abc import Callable
from typing import Any

from service_kit.config import nowhere, or_exit
from service_kit.connection_counts import ConnectionCounts
from service_kit.entrance import MAX_FIELDS, MAX_LINE_BYTES
from service_kit.metrics import shared_memory
from service_kit.private import keep_files_private, runtime_folder

__all__ = [
    "control_socket_disable",
    "forwarded_allow_ips",
    "forwarder_headers",
    "graceful_timeout",
    "http_parser",
    "keepalive",
    "limit_request_field_size",
    "limit_request_fields",
    "limit_request_line",
    "post_fork",
    "pre_fork",
    "secure_scheme_headers",
    "when_ready",
    "worker_class",
    "workers",
]

worker_class = "service_kit.entrance.threads.ThreadWorker"
limit_request_fields = MAX_FIELDS
limit_request_field_size = MAX_LINE_BYTES
limit_request_line = MAX_LINE_BYTES
http_parser = "python"  # the other one, where it is installed, would not know of our bounds
workers = 2
# gunicorn believes no proxy, whatever FORWARDED_ALLOW_IPS says: `service_kit.trusted_proxies` alone
# knows whom to. Its own would take anybody's word who comes from this machine.
forwarded_allow_ips = ""
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}
keepalive = 30
graceful_timeout = 4
# Its default path is one per user, so that a second service would refuse to start.
control_socket_disable = True


def when_ready(server: Any) -> None:
    """Before gunicorn starts the workers.

    What the app imports is imported here, once for all of them: each would else take as long, and
    as much memory. Importing a module does nothing; the app is made in each worker. What is there
    by now stays, so no collection need look at it: it would write to each page that is shared.
    """
    if not getattr(server, "is_alone", False):
        shared_memory.share()
        # Of this server: others may have been forked from where this module was loaded.
        server.connection_counts = ConnectionCounts()
    importlib.import_module(server.app.app_uri.partition(":")[0])
    gc.collect()
    gc.freeze()


def pre_fork(server: Any, worker: Any) -> None:
    """Give a worker the first place that no living one has, and its server's counts."""
    taken = {one.place for one in server.WORKERS.values()}
    worker.place = next(place for place in range(len(taken) + 1) if place not in taken)
    worker.counts = getattr(server, "connection_counts", None)


def post_fork(_server: object, worker: Any) -> None:
    """A worker counts at its place."""
    shared_memory.enter(worker.place)


def refusing(check: Callable[[], object]) -> Callable[[object], None]:
    """An `on_starting`: what `check` refuses is clear lines and no traceback, in the master before
    any worker. It may make files, so this process and its workers keep them private from here on.
    """

    def on_starting(_server: object) -> None:
        keep_files_private()
        or_exit(runtime_folder)
        or_exit(check)

    return on_starting


def refusing_bad_settings(package: str) -> Callable[[object], None]:
    """An `on_starting` that reads `<package>.config`."""
    return refusing(lambda: importlib.import_module(f"{package}.config").read(nowhere))


def start_loops(worker: Any) -> None:
    """A `post_worker_init` for a `service_kit.worker.WebProcess`: what runs beside the requests
    runs in the worker."""
    worker.wsgi.start()


def stop_loops(_server: object, worker: Any) -> None:
    """A `worker_exit`: the threads of an app that was loaded would keep the process."""
    if app := getattr(worker, "wsgi", None):
        app.stop()
