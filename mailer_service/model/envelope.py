"""A mail as it goes over the wire."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Envelope:
    """Who sends, who gets it, and the whole message as bytes with CRLF."""

    sender: str
    recipient: str
    content: bytes
