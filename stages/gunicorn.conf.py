"""How gunicorn runs the house: one worker, at the port of each app that it holds."""  # noqa: N999 - gunicorn's own name for it

from contextlib import suppress

from service_kit.config import or_exit
from service_kit.errors import StoreUnavailable
from service_kit.web_server import *  # noqa: F403 - the names are gunicorn's settings
from service_kit.web_server import refusing, start_loops, stop_loops

from stages.config import read

house = or_exit(read)
workers = 1
threads = 16
bind = [f"{house.listen_host}:{port}" for port in house.ports]


def _check() -> None:
    from stages.bootstrap import build

    with suppress(StoreUnavailable):  # the worker waits for it
        build(house).check_start()


on_starting = refusing(_check)
post_worker_init = start_loops
worker_exit = stop_loops
