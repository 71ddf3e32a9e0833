"""A mail's bytes: headers, plain text and HTML.

Written by hand because the e-mail package's generator costs more than all the rest of a mail, and
what is written here is this little: a fixed structure of two parts (RFC 2046, 5.1.4).
"""

import binascii
from collections.abc import Mapping
from email.header import Header
from email.utils import formataddr

_LONGEST_ENCODED_WORD = 75  # RFC 2047, 2; the standard library's own bound is that of a line
_PART = (
    "--{boundary}\n"
    'Content-Type: text/{subtype}; charset="utf-8"\n'
    "Content-Transfer-Encoding: quoted-printable\n"
    "\n"
    "{words}\n"
)


def to_bytes(headers: Mapping[str, str], *, text: str, html: str, boundary: str) -> bytes:
    """The message, with CRLF. Header values are folded or encoded already; one beyond ASCII is
    left as UTF-8 (RFC 6532), as only an address may be."""
    all_headers = dict(headers) | {
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative; boundary="{boundary}"',
    }
    lines = [f"{name}: {value}\n" for name, value in all_headers.items()]
    parts = [_part(boundary, "plain", text), _part(boundary, "html", html)]
    message = "".join([*lines, "\n", *parts, f"--{boundary}--\n"])
    return message.replace("\n", "\r\n").encode()


def in_header(words: str, header: str = "Subject") -> str:
    """Words for this header: as they are, or as RFC 2047 has it, in encoded words of at most 75
    characters, a line each. So is what looks like an encoded word: it would be decoded."""
    if words.isascii() and "=?" not in words and len(words) < 900:
        return words
    return Header(words, "utf-8", header_name=header, maxlinelen=_LONGEST_ENCODED_WORD).encode()


def name_in_header(name: str) -> str:
    """A name to stand before an address in To (RFC 5322, 3.4): quoted, or encoded."""
    if name.isascii() and "=?" not in name:
        return formataddr((name, "@")).removesuffix("<@>")
    return in_header(name, "To") + "\n "


def _part(boundary: str, subtype: str, words: str) -> str:
    # Quoted-printable: not every server on the way takes 8BITMIME, nor lines of any length.
    quoted = binascii.b2a_qp(words.encode(), istext=True).decode("ascii")
    return _PART.format(boundary=boundary, subtype=subtype, words=quoted)
