"""How gunicorn runs the house: one worker, at the port of each app that it holds."""  # noqa: N999 - gunicorn's own name for it

from typing import Any

from service_kit.config import or_exit
from service_kit.web_server import *  # noqa: F403 - the names are gunicorn's settings
from service_kit.web_server import refusing

from stages.config import read

house = or_exit(read)
workers = 1
threads = 16
bind = [f"127.0.0.1:{port}" for port in house.ports]


def _check() -> None:
    from stages.bootstrap import build

    build(house).check_start()


on_starting = refusing(_check)


def post_worker_init(worker: Any) -> None:
    """What runs beside the requests runs in the worker."""
    worker.wsgi.start()


def worker_exit(_server: Any, worker: Any) -> None:
    """The threads of an app that was loaded would keep the process."""
    if app := getattr(worker, "wsgi", None):
        app.stop()
