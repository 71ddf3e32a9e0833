"""Whether a request has come whole, as far as a server needs to know before it parses it."""

import re

_END = b"\r\n\r\n"
_BARE_LINE_FEED = re.compile(rb"(?<!\r)\n")
_LENGTH = re.compile(
    rb"^content-length:[ \t]*([0-9]{1,18})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE
)
_CODED = re.compile(rb"^transfer-encoding:", re.IGNORECASE | re.MULTILINE)
_CHUNKED = re.compile(rb"^transfer-encoding:[ \t]*chunked[ \t]*\r$", re.IGNORECASE | re.MULTILINE)
_ASKS = re.compile(rb"^expect:[ \t]*100-continue[ \t]*\r\n", re.IGNORECASE | re.MULTILINE)


class Arriving:
    """What has come of a request since a moment of the steady clock.

    `is_whole` errs to the side of yes: whoever parses it says what is wrong with it, and reads what
    is missing. No request that is whole is taken for a part.
    """

    def __init__(self, max_head_bytes: int, max_held_bytes: int, since: float) -> None:
        self.data = bytearray()
        self.since = since
        self.is_whole = False
        self.asks = False
        """Whether it waits for leave to send its body; then the field that says so is taken out."""
        self.is_watched = False
        """Whether somebody waits for more of it."""
        self._max_head_bytes = max_head_bytes
        self._max_held_bytes = max_held_bytes
        self._begin = 0
        self._scanned = 0
        self._head_bytes = 0
        self._body_bytes: int | None = None

    @property
    def has_begun(self) -> bool:
        """Whether there is more than the empty lines that may come before a request."""
        return self._begin < len(self.data)

    def add(self, more: bytes) -> None:
        """More of it has come."""
        self.data += more
        if not self._head_bytes:
            self._look_for_head()
        if self._head_bytes:
            self.is_whole = self._has_body()

    def _look_for_head(self) -> None:
        while self._begin < len(self.data) and self.data[self._begin] in b"\r\n":
            self._begin += 1
        start = max(self._begin, self._scanned - len(_END) + 1)
        end = self.data.find(_END, start)
        self._scanned = len(self.data)
        if end >= 0:
            head = bytes(self.data[self._begin : end + 2])
            self._head_bytes = end + len(_END)
            self._body_bytes = self._announced(head)
            self._look_for_question(head)
        elif len(self.data) > self._max_head_bytes or _BARE_LINE_FEED.search(self.data, start):
            self.is_whole = True

    def _announced(self, head: bytes) -> int | None:
        """How many bytes of body are worth waiting for; None: until the last chunk."""
        length = _LENGTH.search(head)
        if _CODED.search(head):  # with a length, or coded otherwise, it will be refused
            return None if _CHUNKED.search(head) and not length else 0
        return int(length[1]) if length else 0

    def _look_for_question(self, head: bytes) -> None:
        asked = _ASKS.search(head)
        if asked and (self._body_bytes or 0) > self._max_held_bytes:
            self._body_bytes = 0  # the app may not want it
        elif asked:
            del self.data[self._begin + asked.start() : self._begin + asked.end()]
            self._head_bytes -= len(asked[0])
            self.asks = b" HTTP/1.0\r\n" not in head

    def _has_body(self) -> bool:
        come = len(self.data) - self._head_bytes
        if come >= self._max_held_bytes:
            return True
        if self._body_bytes is None:  # a last chunk ends so, with trailers or without
            return come > 0 and self.data.endswith(_END)
        return come >= self._body_bytes
