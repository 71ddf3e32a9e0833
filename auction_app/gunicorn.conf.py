"""How gunicorn runs the web app; `-b` on the command line says where it listens."""  # noqa: N999 - gunicorn's own name for it

from service_kit.web_server import *  # noqa: F403 - the names are gunicorn's settings
from service_kit.web_server import refusing_bad_settings

# A page waits for the disk, a placed bid for bids_service: many threads, cheap waiting.
threads = 16
on_starting = refusing_bad_settings("auction_app")
