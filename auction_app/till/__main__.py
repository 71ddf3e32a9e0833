"""`python -m auction_app.till`: the provider's API and page on loopback, and what it tells."""

import logging
import os
import threading
from http.server import HTTPServer

from service_kit.clock import now_ms
from service_kit.config import exit_with, or_exit
from service_kit.entrance.small import BoundedHandler
from service_kit.logs import configure_logs, get_logger
from service_kit.private import keep_files_private
from service_kit.stop_signals import stop_signals
from werkzeug.serving import WSGIRequestHandler, make_server

from auction_app.till.app import create_app
from auction_app.till.config import Config, read
from auction_app.till.ledger import Ledger
from auction_app.till.tell import Teller

log = get_logger(__name__)

_LOOK_EVERY_S = 0.1


class _Page(BoundedHandler, WSGIRequestHandler):
    """Takes the house's calls, and presses of buttons."""


def main() -> None:
    """Run until SIGTERM or SIGINT; blocks."""
    keep_files_private()
    configure_logs("till")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    config = or_exit(read)
    ledger = _ledger(config)
    teller = Teller(ledger, config, now_ms)
    page = _server(config, ledger)
    stop = threading.Event()
    with stop_signals(stop.set):
        threading.Thread(target=page.serve_forever, name="page", daemon=True).start()
        log.info("till open", page=config.port)
        while not stop.wait(_LOOK_EVERY_S):
            teller.tell_due()
        page.shutdown()
        teller.close()


def _ledger(config: Config) -> Ledger:
    try:
        return Ledger(config.folder)
    except (OSError, ValueError) as error:
        exit_with((f"TILL_DIR: {error}",))


def _server(config: Config, ledger: Ledger) -> HTTPServer:
    app = create_app(config, ledger, now_ms)
    try:
        return make_server("127.0.0.1", config.port, app, threaded=True, request_handler=_Page)
    except (OSError, SystemExit) as error:
        why = os.strerror(error.errno or 0) if isinstance(error, OSError) else "it is taken"
        exit_with((f"TILL_PORT: cannot listen on {config.port}: {why}",))


if __name__ == "__main__":
    main()
