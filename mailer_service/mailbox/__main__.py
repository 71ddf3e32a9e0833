"""`python -m mailer_service.mailbox`: an SMTP server that keeps mails, and the page of them."""

import logging
import os
import socket
import threading

from aiosmtpd.controller import Controller
from service_kit.clock import now_ms
from service_kit.config import exit_with, or_exit
from service_kit.entrance.small import BoundedHandler
from service_kit.logs import configure_logs, get_logger
from service_kit.private import keep_files_private
from service_kit.stop_signals import stop_signals
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from mailer_service.mailbox.app import create_app
from mailer_service.mailbox.catch import smtp_server
from mailer_service.mailbox.config import Config, read
from mailer_service.mailbox.folder import MailFolder

log = get_logger(__name__)


class _Page(BoundedHandler, WSGIRequestHandler):
    """Shows the mails to a browser."""


def main() -> None:
    """Run until SIGTERM or SIGINT; blocks."""
    keep_files_private()
    configure_logs("mailbox")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    config = or_exit(read)
    _refuse_busy_ports(config)
    folder = _folder(config)
    smtp = smtp_server(folder, config.smtp_port)
    smtp.start()
    page = _page(folder, config.port, smtp)
    stop = threading.Event()
    with stop_signals(stop.set):
        threading.Thread(target=page.serve_forever, name="page", daemon=True).start()
        log.info("mailbox open", page=config.port, smtp=config.smtp_port)
        stop.wait()
        page.shutdown()
        smtp.stop()


def _folder(config: Config) -> MailFolder:
    try:
        return MailFolder(config.folder, now_ms)
    except OSError as error:
        exit_with((f"MAILBOX_DIR: {error.strerror}",))


def _refuse_busy_ports(config: Config) -> None:
    # Asked first, because neither server's own complaint is one clear line.
    ports = {"MAILBOX_PORT": config.port, "MAILBOX_SMTP_PORT": config.smtp_port}
    complaints = [why for name, port in ports.items() if (why := _busy(name, port))]
    if complaints:
        exit_with(tuple(complaints))


def _busy(setting: str, port: int) -> str | None:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        return f"{setting}: cannot listen on {port}: {os.strerror(error.errno or 0)}"
    return None


def _page(folder: MailFolder, port: int, smtp: Controller) -> BaseWSGIServer:
    def smtp_listens() -> None:
        if smtp.server is None or not smtp.server.is_serving():
            raise RuntimeError("the SMTP server has stopped")

    app = create_app(folder, {"smtp": smtp_listens})
    return make_server("127.0.0.1", port, app, threaded=True, request_handler=_Page)


if __name__ == "__main__":
    main()
