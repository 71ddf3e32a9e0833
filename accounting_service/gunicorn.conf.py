"""How gunicorn runs accounting: one worker, which works beside its requests."""  # noqa: N999 - gunicorn's own name for it

from service_kit.config import nowhere
from service_kit.web_server import *  # noqa: F403 - the names are gunicorn's settings
from service_kit.web_server import refusing, start_loops, stop_loops

workers = 1
threads = 4


def _check() -> None:
    from service_kit.schema import check_start

    from accounting_service.config import read

    check_start("accounting_service", read(nowhere).database_url)


on_starting = refusing(_check)
post_worker_init = start_loops
worker_exit = stop_loops
