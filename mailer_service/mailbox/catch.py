"""The SMTP side: takes every mail, for whomever, and delivers none."""

import logging
from typing import Any

from aiosmtpd.controller import Controller
from service_kit.logs import get_logger

from mailer_service.mailbox.folder import MailFolder

log = get_logger(__name__)

MAX_BYTES = 5 * 1024 * 1024
_HOST = "127.0.0.1"


class Catcher:
    """What aiosmtpd calls when a mail is there."""

    def __init__(self, folder: MailFolder) -> None:
        self._folder = folder

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep the mail; the 250 comes after it is on disk."""
        try:
            mail_id = self._folder.keep(envelope.content)
        except OSError as error:
            log.error("mail not kept", why=error.strerror)
            return "452 No room"
        log.info("mail caught", mail=mail_id, recipients=len(envelope.rcpt_tos))
        return "250 Kept"


def smtp_server(folder: MailFolder, port: int, *, max_bytes: int = MAX_BYTES) -> Controller:
    """A server on loopback, in a thread of its own once started. Longer mails get a 552."""
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # it tells every command
    return Controller(
        Catcher(folder),
        hostname=_HOST,
        port=port,
        data_size_limit=max_bytes,
        enable_SMTPUTF8=True,
    )
