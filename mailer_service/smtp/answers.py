"""What the SMTP server's refusals mean for a mail."""

import re
import smtplib

from mailer_service.errors import MailDeferred, MailRefused, RecipientRefused, ServerUnavailable

_PERMANENT = 500
# RFC 3463: X.7.X is about security and policy: it says something of us, not of the address.
_POLICY = re.compile(rb"5\.7\.\d")


def recipient_refused(error: smtplib.SMTPRecipientsRefused) -> MailRefused | MailDeferred:
    """What an answer to RCPT means.

    | answer                 |                    |
    |------------------------|--------------------|
    | 4xx                    | MailDeferred       |
    | 5xx with 5.7.x         | MailRefused        |
    | any other 5xx          | RecipientRefused   |
    """
    code, words = next(iter(error.recipients.values()))
    refusal = _by_code(code, "recipient", words)
    if isinstance(refusal, MailRefused) and not _POLICY.match(_bytes(words)):
        return RecipientRefused(str(refusal))
    return refusal


def content_refused(error: smtplib.SMTPDataError) -> MailRefused | MailDeferred:
    """What an answer to the mail's content means."""
    return _by_code(error.smtp_code, "content", error.smtp_error)


def broken(error: Exception) -> MailDeferred:
    """The session broke while this mail was handed over: nobody knows whether it was taken."""
    return MailDeferred(_name(error))


def unavailable(error: Exception) -> ServerUnavailable:
    """There is no session to be had."""
    return ServerUnavailable(_name(error))


def _by_code(code: int, what: str, words: bytes | str) -> MailRefused | MailDeferred:
    kind = MailRefused if code >= _PERMANENT else MailDeferred
    return kind(f"{what} refused: {code} {_printable(words)}".strip())


def _name(error: Exception) -> str:
    return f"{type(error).__name__} {getattr(error, 'smtp_code', '')}".strip()


def _bytes(words: bytes | str) -> bytes:
    return words if isinstance(words, bytes) else words.encode()


def _printable(words: bytes | str) -> str:
    return " ".join(_bytes(words).decode("utf-8", "replace").split())[:200]
