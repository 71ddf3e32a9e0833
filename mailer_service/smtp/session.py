"""A session with the SMTP server."""

import contextlib
import smtplib
import socket
import ssl
import time

from service_kit.compat.smtplib import Smtp, unconnected

from mailer_service.errors import MailRefused
from mailer_service.model.mails import Envelope
from mailer_service.smtp.answers import broken, content_refused, recipient_refused, unavailable
from mailer_service.smtp.lookup import Addresses, LookUp
from mailer_service.smtp.url import SmtpServer
from mailer_service.smtp.watchdog import Watchdog

_MOST_MAILS = 100
"""Servers limit how many they take in one session; a new one costs little."""
_FAREWELL_S = 0.5


class Session:
    """Hands over mail after mail; for one thread. Opening and each mail take `timeout_ms` at most.

    `name` is what we call ourselves in EHLO, this machine's name if it is empty. A session that
    breaks is forgotten: `is_open` says so, and `open` begins another.
    """

    def __init__(
        self,
        server: SmtpServer,
        *,
        timeout_ms: int,
        name: str = "",
        look_up: LookUp | None = None,
    ) -> None:
        self._server = server
        # A name of our own, because smtplib would ask the DNS for one, without a deadline.
        self._name = name or socket.gethostname()
        self._look_up = look_up or LookUp(server.host)
        self._timeout_s = timeout_ms / 1000
        self._smtp: Smtp | None = None
        self._watchdog: Watchdog | None = None
        self._mails = 0

    @property
    def is_open(self) -> bool:
        """Whether mails can be handed over."""
        return self._smtp is not None and self._mails < _MOST_MAILS

    def open(self) -> None:
        """Have a session, the one there is or a new one. Raises ServerUnavailable."""
        if self.is_open:
            return
        self.close()
        ends_at_s = time.monotonic() + self._timeout_s
        try:
            addresses = self._look_up(self._timeout_s)
            smtp = self._smtp = self._unconnected()
            with self._limited(ends_at_s - time.monotonic()):
                self._connect(smtp, addresses)
        except (smtplib.SMTPException, OSError) as error:
            self._forget()
            raise unavailable(error) from error

    def send(self, envelope: Envelope, answer: memoryview | None = None) -> None:
        """Returns once the server has taken the mail; needs an open session. `answer` gets the
        code that the server says in the end, the moment it arrives, whether or not this process
        lives on.

        Raises MailRefused and RecipientRefused when it never will be taken; MailDeferred otherwise:
        then it is unknown whether it was taken, and sending it again may repeat it. Unanswered
        when that is so because the time was over.
        """
        assert self._smtp is not None, "open first"
        ends_at_s = time.monotonic() + self._timeout_s
        try:
            self._smtp.keep_answer(answer)
            with self._limited(self._timeout_s):
                _hand_over(self._smtp, envelope)
        except smtplib.SMTPRecipientsRefused as error:
            raise recipient_refused(error) from error
        except smtplib.SMTPDataError as error:
            raise content_refused(error) from error
        except smtplib.SMTPNotSupportedError as error:
            raise MailRefused("the server can't take such an address (SMTPUTF8)") from error
        except (smtplib.SMTPException, OSError) as error:
            self._forget()
            raise broken(error, is_late=time.monotonic() >= ends_at_s) from error
        finally:
            self._mails += 1
            if self._smtp is not None and self._smtp.sock is None:
                self._forget()  # a 421 makes smtplib hang up

    def close(self) -> None:
        """Take leave of the server, if there is a session; it hardly waits for its answer. Never
        fails."""
        if self._smtp is not None:
            # The mails' fate is known by now: a farewell that fails doesn't change it.
            with contextlib.suppress(smtplib.SMTPException, OSError), self._limited(_FAREWELL_S):
                self._smtp.quit()
            self._forget()

    def _unconnected(self) -> Smtp:
        return unconnected(
            self._server.host,
            local_hostname=self._name,
            timeout_s=self._timeout_s,
            context=ssl.create_default_context() if self._server.security == "tls" else None,
        )

    def _connect(self, smtp: smtplib.SMTP, addresses: Addresses) -> None:
        code, greeting = self._greeted(smtp, addresses)
        if code != 220:
            raise smtplib.SMTPConnectError(code, greeting)
        if self._server.security == "starttls":
            smtp.starttls(context=ssl.create_default_context())
        smtp.ehlo_or_helo_if_needed()
        if self._server.user is not None:
            smtp.login(self._server.user, self._server.password or "")

    def _greeted(self, smtp: smtplib.SMTP, addresses: Addresses) -> tuple[int, bytes]:
        *others, last = addresses
        for address in others:
            with contextlib.suppress(ConnectionError, TimeoutError):
                return smtp.connect(address, self._server.port)
        return smtp.connect(last, self._server.port)

    def _limited(self, seconds: float) -> contextlib.AbstractContextManager[None]:
        if self._watchdog is None:
            self._watchdog = Watchdog(self._cut)
        return self._watchdog.limit(seconds)

    def _cut(self) -> None:
        connection = self._smtp.sock if self._smtp is not None else None
        if connection is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def _forget(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        if self._watchdog is not None:
            self._watchdog.stop()
        self._smtp, self._watchdog, self._mails = None, None, 0


def _hand_over(smtp: smtplib.SMTP, envelope: Envelope) -> None:
    options = () if envelope.recipient.isascii() else ("SMTPUTF8", "BODY=8BITMIME")
    if options and not smtp.has_extn("smtputf8"):
        raise smtplib.SMTPNotSupportedError
    smtp.sendmail(envelope.sender, [envelope.recipient], envelope.content, options)
