"""How gunicorn runs the web app; `-b` on the command line says where it listens."""  # noqa: N999 - gunicorn's own name for it

from service_kit.config import nowhere, or_exit
from service_kit.web_server import *  # noqa: F403 - the names are gunicorn's settings
from service_kit.web_server import refusing_bad_settings

# A page waits for the disk, a placed bid for bids_service: many threads, cheap waiting.
threads = 16
_refuse_bad_settings = refusing_bad_settings("auction_app")


def on_starting(server: object) -> None:
    """In the master, before any worker."""
    from auction_app.bootstrap import refuse_published_accounts
    from auction_app.config import read

    _refuse_bad_settings(server)
    or_exit(lambda: refuse_published_accounts(read(nowhere)))
