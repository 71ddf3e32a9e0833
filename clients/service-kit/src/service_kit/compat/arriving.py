"""Whether a request has come whole, as far as a server needs to know before it parses it."""

import re

_END = b"\r\n\r\n"
_BARE_LINE_FEED = re.compile(rb"(?<!\r)\n")
_LENGTH = re.compile(rb"^content-length:[ \t]*([0-9]{1,18})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_CHUNKED = re.compile(rb"^transfer-encoding:", re.IGNORECASE | re.MULTILINE)
_ASKS = re.compile(rb"^expect:", re.IGNORECASE | re.MULTILINE)


class Arriving:
    """What has come of a request since a moment of the steady clock.

    `is_whole` errs to the side of yes: whoever parses it says what is wrong with it, and reads what
    is missing. No request that is whole is taken for a part.
    """

    def __init__(self, max_head_bytes: int, max_held_bytes: int, since: float) -> None:
        self.data = bytearray()
        self.since = since
        self.is_whole = False
        self._max_head_bytes = max_head_bytes
        self._max_held_bytes = max_held_bytes
        self._scanned = 0
        self._head_bytes = 0
        self._body_bytes: int | None = None

    @property
    def has_begun(self) -> bool:
        """Whether there is more than the empty lines that may come before a request."""
        return bool(self.data.strip(b"\r\n"))

    def add(self, more: bytes) -> None:
        """More of it has come."""
        self.data += more
        if not self._head_bytes:
            self._look_for_head()
        if self._head_bytes:
            self.is_whole = self._has_body()

    def _look_for_head(self) -> None:
        begin = len(self.data) - len(self.data.lstrip(b"\r\n"))
        start = max(begin, self._scanned - len(_END) + 1)
        end = self.data.find(_END, start)
        self._scanned = len(self.data)
        if end >= 0:
            self._head_bytes = end + len(_END)
            self._body_bytes = self._announced(bytes(self.data[begin : end + 1]))
        elif len(self.data) > self._max_head_bytes or _BARE_LINE_FEED.search(self.data, start):
            self.is_whole = True

    def _announced(self, head: bytes) -> int | None:
        """How many bytes of body are worth waiting for; None: until the last chunk."""
        if _ASKS.search(head):  # it waits for an answer
            return 0
        if _CHUNKED.search(head):
            return None
        length = _LENGTH.search(head)
        return int(length[1]) if length else 0

    def _has_body(self) -> bool:
        come = len(self.data) - self._head_bytes
        if come >= self._max_held_bytes:
            return True
        if self._body_bytes is None:  # a last chunk ends so, with trailers or without
            return come > 0 and self.data.endswith(_END)
        return come >= self._body_bytes
