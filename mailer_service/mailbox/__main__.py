"""`python -m mailer_service.mailbox`: an SMTP server that keeps mails, and the page of them."""

import logging
import signal
import socket
import threading
from types import FrameType

from aiosmtpd.controller import Controller
from service_kit.clock import now_ms
from service_kit.config import exit_with, or_exit
from service_kit.logs import configure_logs, get_logger
from werkzeug.serving import BaseWSGIServer, make_server

from mailer_service.mailbox.app import create_app
from mailer_service.mailbox.catch import smtp_server
from mailer_service.mailbox.config import Config, read
from mailer_service.mailbox.folder import MailFolder

log = get_logger(__name__)


def main() -> None:
    """Run until SIGTERM or SIGINT; blocks."""
    configure_logs("mailbox")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    config = or_exit(read)
    folder = _folder(config)
    smtp = _started_smtp(folder, config.smtp_port)
    page = _page(folder, config.port, smtp)
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
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


def _started_smtp(folder: MailFolder, port: int) -> Controller:
    server = smtp_server(folder, port)
    try:
        server.start()
    except OSError as error:
        exit_with((f"MAILBOX_SMTP_PORT: cannot listen on {port}: {error.strerror}",))
    return server


def _page(folder: MailFolder, port: int, smtp: Controller) -> BaseWSGIServer:
    def smtp_listens() -> None:
        if smtp.server is None or not smtp.server.is_serving():
            raise RuntimeError("the SMTP server has stopped")

    app = create_app(folder, {"smtp": smtp_listens})
    try:
        listener = socket.create_server(("127.0.0.1", port))
    except OSError as error:
        smtp.stop()
        exit_with((f"MAILBOX_PORT: cannot listen on {port}: {error.strerror}",))
    with listener:  # the server takes a duplicate
        return make_server("127.0.0.1", port, app, threaded=True, fd=listener.fileno())


if __name__ == "__main__":
    main()
