"""How gunicorn runs the web app; `-b` on the command line says where it listens."""  # noqa: N999 - gunicorn's own name for it

from service_kit.config import nowhere
from service_kit.web_server import *  # noqa: F403 - the names are gunicorn's settings
from service_kit.web_server import refusing

# A page waits for the disk, a placed bid for bids_service: many threads, cheap waiting.
threads = 16


def _check() -> None:
    from auction_app.bootstrap import check_data
    from auction_app.config import read

    check_data(read(nowhere))


on_starting = refusing(_check)
