"""How gunicorn runs the bus; `-b` on the command line says where it listens."""  # noqa: N999 - gunicorn's own name for it

from service_kit.web_server import *  # noqa: F403 - the names are gunicorn's settings
from service_kit.web_server import refusing

# The Procfile starts `bus.asgi` and says `-k` and `-w` itself; `bus.app` is WSGI.
# Publishers block until their events are on disk, and share commits: many threads, cheap waiting.
threads = 32
keepalive = 2


def _check() -> None:
    from service_kit.open_files import allow_many_sockets

    from bus.bootstrap import config_or_exit, open_or_exit

    allow_many_sockets()
    open_or_exit(config_or_exit()).close()


on_starting = refusing(_check)
