"""What the SMTP server's refusals mean for a mail."""

import re
import smtplib

from mailer_service.errors import (
    MailDeferred,
    MailRefused,
    RecipientRefused,
    ServerUnavailable,
    Unanswered,
)

_PERMANENT = 500
# RFC 3463, 3.2: what X.1 says of the recipient's address. The rest of it is about the sender's.
_OF_THE_ADDRESS = re.compile(rb"5\.1\.(1|2|3|6|10)(?!\d)")
_ENHANCED = re.compile(rb"5\.\d{1,3}\.\d{1,3}")
_CLEAR_WORDS = re.compile(
    rb"(no such|unknown|invalid|nonexistent) (user|mailbox|recipient|host|domain|address|account)"
    rb"|(user|mailbox|recipient|address|account|domain) "
    rb"(is )?(unknown|not found|(does|do) ?n[o']t exist)",
    re.IGNORECASE,
)
# Servers answer RCPT with what they hold against who sends, in the same words.
_OF_THE_SENDER = re.compile(
    rb"\b(helo|ehlo|sender|sending|mail from|client|relay|relaying|reverse|rdns|ptr|your)\b",
    re.IGNORECASE,
)
_TOO_FULL = 552


def recipient_refused(error: smtplib.SMTPRecipientsRefused) -> MailRefused | MailDeferred:
    """What an answer to RCPT means.

    | answer                                                       |                  |
    |--------------------------------------------------------------|------------------|
    | 4xx                                                          | MailDeferred     |
    | 5xx with 5.1.1, 5.1.2, 5.1.3, 5.1.6, 5.1.10                  | RecipientRefused |
    | 5xx without such a code, in clear words (`no such user`)     | RecipientRefused |
    | the same of who sends (`HELO: unknown host`)                 | MailRefused      |
    | 5.2.x (a full mailbox), 5.3.x, 5.4.x, 5.5.x (a HELO), or 552 | MailDeferred     |
    | any other 5xx                                                | MailRefused      |

    What is about a mailbox's room, the way or the session can be mended, by its owner or by ours.
    """
    code, words = next(iter(error.recipients.values()))
    refusal, said = _by_code(code, "recipient", words), _bytes(words)
    if isinstance(refusal, MailDeferred):
        return refusal
    enhanced = _ENHANCED.search(said)
    in_words = _CLEAR_WORDS.search(said) and not _OF_THE_SENDER.search(said)
    if _OF_THE_ADDRESS.search(said) or (not enhanced and in_words):
        return RecipientRefused(str(refusal))
    if code == _TOO_FULL or (enhanced and enhanced[0][:4] in (b"5.2.", b"5.3.", b"5.4.", b"5.5.")):
        return MailDeferred(str(refusal))
    return refusal


def content_refused(error: smtplib.SMTPDataError) -> MailRefused | MailDeferred:
    """What an answer to the mail's content means."""
    return _by_code(error.smtp_code, "content", error.smtp_error)


def broken(error: Exception, *, is_late: bool) -> MailDeferred:
    """The session broke, or was cut for being late, while this mail was handed over: nobody knows
    whether it was taken."""
    return Unanswered("not answered in time") if is_late else MailDeferred(_name(error))


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
