"""A mail's bytes: headers, plain text and HTML."""

import binascii
from collections.abc import Mapping
from email.header import Header
from email.message import Message
from email.policy import compat32

# compat32 because the newer policies parse each header that is set, which costs more than all
# the rest of a mail. 998 (RFC 5322, 2.1.1): folding mangles long links.
_POLICY = compat32.clone(linesep="\r\n", max_line_length=998, cte_type="8bit")


def to_bytes(headers: Mapping[str, str], *, text: str, html: str, boundary: str) -> bytes:
    """The message, with CRLF. Header values are folded or encoded already."""
    message = Message(policy=_POLICY)
    for name, value in headers.items():
        # Raw UTF-8, as only an address beyond ASCII leaves it (RFC 6532).
        message[name] = value.encode().decode("ascii", "surrogateescape")
    message["MIME-Version"] = "1.0"
    message["Content-Type"] = f'multipart/alternative; boundary="{boundary}"'
    message.set_payload([_part("plain", text), _part("html", html)])
    return message.as_bytes()


def in_header(words: str) -> str:
    """Words for a header such as Subject: as they are, or as RFC 2047 has it."""
    return words if words.isascii() else Header(words, "utf-8", header_name="Subject").encode()


def _part(subtype: str, words: str) -> Message:
    # Quoted-printable: not every server on the way takes 8BITMIME.
    part = Message(policy=_POLICY)
    part["Content-Type"] = f'text/{subtype}; charset="utf-8"'
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(binascii.b2a_qp(words.encode(), istext=True).decode("ascii"))
    return part
