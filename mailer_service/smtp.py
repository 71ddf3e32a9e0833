"""Hands a mail to the SMTP server, within a deadline."""

import contextlib
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from email.message import EmailMessage

from mailer_service.errors import MailDeferred, MailRefused
from mailer_service.smtp_url import SmtpServer

_PERMANENT = 500


class Smtp:
    """Sends through one server; each mail on a connection of its own. Thread-safe."""

    def __init__(self, server: SmtpServer, *, timeout_ms: int) -> None:
        self._server = server
        self._timeout_s = timeout_ms / 1000

    def send(self, message: EmailMessage) -> None:
        """Returns once the server has taken the mail; blocks for about the timeout at most.

        Raises MailRefused when it never will, MailDeferred otherwise: then it is unknown
        whether it was taken, and sending it again may repeat it.
        """
        with self._session() as smtp:
            try:
                smtp.send_message(message)
            except smtplib.SMTPRecipientsRefused as error:
                raise _recipient_refused(error) from error
            except smtplib.SMTPDataError as error:
                raise _by_code(error.smtp_code, "content", error.smtp_error) from error
            except smtplib.SMTPNotSupportedError as error:
                raise MailRefused("the server can't take such an address (SMTPUTF8)") from error
            except (smtplib.SMTPException, OSError) as error:
                raise _deferred(error) from error

    @contextlib.contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        smtp = self._unconnected()
        with _deadline(smtp, self._timeout_s):
            try:
                self._open(smtp)
            except (smtplib.SMTPException, OSError) as error:
                smtp.close()
                raise _deferred(error) from error
            try:
                yield smtp
            finally:
                # The mail's fate is known by now: a farewell that fails doesn't change it.
                with contextlib.suppress(smtplib.SMTPException, OSError):
                    smtp.quit()
                smtp.close()

    def _unconnected(self) -> smtplib.SMTP:
        # A name of our own, because smtplib would ask the DNS for one, without a deadline.
        name = socket.gethostname()
        if self._server.security == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(local_hostname=name, timeout=self._timeout_s, context=context)
        return smtplib.SMTP(local_hostname=name, timeout=self._timeout_s)

    def _open(self, smtp: smtplib.SMTP) -> None:
        # TLS checks the certificate against this name, which only the constructor would set.
        smtp._host = self._server.host  # type: ignore[attr-defined]
        code, greeting = smtp.connect(self._server.host, self._server.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, greeting)
        if self._server.security == "starttls":
            smtp.starttls(context=ssl.create_default_context())
        if self._server.user is not None:
            smtp.login(self._server.user, self._server.password or "")


@contextlib.contextmanager
def _deadline(smtp: smtplib.SMTP, seconds: float) -> Iterator[None]:
    # smtplib's timeout is per read: a server that sends a byte now and then would hold us for
    # ever. So after the time is up the connection is cut, again and again until the work noticed.
    done = threading.Event()

    def cut() -> None:
        if done.wait(seconds):
            return
        while not done.wait(0.05):
            connection = smtp.sock
            if connection is not None:
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)

    watch = threading.Thread(target=cut, name="smtp deadline", daemon=True)
    watch.start()
    try:
        yield
    finally:
        done.set()
        watch.join()


def _recipient_refused(error: smtplib.SMTPRecipientsRefused) -> MailRefused | MailDeferred:
    code, words = next(iter(error.recipients.values()))
    return _by_code(code, "recipient", words)


def _by_code(code: int, what: str, words: bytes | str) -> MailRefused | MailDeferred:
    kind = MailRefused if code >= _PERMANENT else MailDeferred
    return kind(f"{what} refused: {code} {_printable(words)}")


def _deferred(error: Exception) -> MailDeferred:
    code = getattr(error, "smtp_code", "")
    return MailDeferred(f"{type(error).__name__} {code}".strip())


def _printable(words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return " ".join(text.split())[:200]
