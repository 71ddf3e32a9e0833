"""How gunicorn runs the bids service; `-b` on the command line says where it listens."""  # noqa: N999 - gunicorn's own name for it

from service_kit.web_server import *  # noqa: F403 - the names are gunicorn's settings
from service_kit.web_server import refusing_bad_settings

# A bid waits for its auction's lock and for the disk: many threads, cheap waiting. Those that
# arrive together in one process share a transaction, and who reads is at another port.
workers = 1
threads = 32
on_starting = refusing_bad_settings("bids_service")
