"""How gunicorn runs the live process; `-b` on the command line says where it listens."""  # noqa: N999 - gunicorn's own name for it

from gevent import monkey

# Before anything imports ssl, or urllib3 would keep the sockets that block.
monkey.patch_all()

from service_kit.web_server import *  # noqa: E402, F403 - the names are gunicorn's settings
from service_kit.web_server import refusing_bad_settings, start_loops, stop_loops  # noqa: E402

worker_class = "service_kit.entrance.greenlets.GreenletWorker"
# The hub is in this one worker's memory, and the bus delivers each event to one worker only.
# More processes are more subscribers: each needs a LIVE_PUBLIC_URL of its own.
workers = 1
worker_connections = 22_000  # of items, and of readers, 10 000 each
keepalive = 2
# Streams never end by themselves; browsers come again by themselves.
graceful_timeout = 1
on_starting = refusing_bad_settings("auction_app.live")
post_worker_init = start_loops
worker_exit = stop_loops
