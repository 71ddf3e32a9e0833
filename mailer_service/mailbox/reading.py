"""Takes a mail apart, however broken it is: anybody may have written it."""

from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from typing import Any


@dataclass(frozen=True)
class ListedMail:
    """What a list shows of a mail."""

    id: str
    received_at_ms: int
    sender: str
    to: str
    subject: str
    message_id: str


@dataclass(frozen=True)
class Content:
    """What a page shows of it: `text` and `html` are None when there is no such part."""

    summary: ListedMail
    headers: tuple[tuple[str, str], ...]
    text: str | None
    html: str | None


def summarize(mail_id: str, raw: bytes) -> ListedMail:
    """From the headers alone. Never fails."""
    return _summary(mail_id, BytesHeaderParser().parsebytes(raw))


def take_apart(mail_id: str, raw: bytes) -> Content:
    """Headers, text and HTML. Never fails: what can't be parsed is shown as it came."""
    try:
        message = message_from_bytes(raw)
        text, html = _part(message, "text/plain"), _part(message, "text/html")
    # Parts within parts within parts; and what the parser says to parameters it cannot join.
    except (RecursionError, TypeError, ValueError):
        message = BytesHeaderParser().parsebytes(raw)
        text, html = raw.decode("utf-8", "replace"), None
    headers = tuple((name, _decoded(value)) for name, value in message.items())
    return Content(_summary(mail_id, message), headers, text, html)


def _summary(mail_id: str, message: "Message[Any, Any]") -> ListedMail:
    return ListedMail(
        id=mail_id,
        received_at_ms=int(mail_id.partition("-")[0]),
        sender=_decoded(message.get("From")),
        to=_decoded(message.get("To")),
        subject=_decoded(message.get("Subject")),
        message_id=_decoded(message.get("Message-ID")),
    )


def _decoded(value: Any) -> str:
    if value is None:
        return ""
    try:
        text = str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, ValueError):
        text = str(value)
    return " ".join(text.encode("utf-8", "replace").decode().split())


def _part(message: "Message[Any, Any]", content_type: str) -> str | None:
    for part in message.walk():
        if part.get_content_type() == content_type and part.get_filename() is None:
            return _text(part)
    return None


def _text(part: "Message[Any, Any]") -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return str(part.get_payload())
    try:
        text = payload.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):  # no such charset; ValueError: one with a NUL in its name
        text = payload.decode("utf-8", "replace")
    return text.encode("utf-8", "replace").decode()  # a charset may make half a surrogate pair
