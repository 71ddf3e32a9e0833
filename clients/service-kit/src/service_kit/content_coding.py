"""Bodies that arrive packed although nobody asked for that (RFC 9110, 8.4): pure."""

import zlib

from service_kit.errors import Unreadable

MAX_ANSWER_BYTES = 16 * 1024
"""As much as is read of an answer, and unpacked of one that is packed (docs/delivery.md D15)."""

_PLAIN = frozenset({"", "identity", "none"})
_ZLIB = frozenset({"gzip", "x-gzip", "deflate"})
_MOST_CODINGS = 3
_ANY_HEADER = 32 + zlib.MAX_WBITS
_NO_HEADER = -zlib.MAX_WBITS


def unpacked(body: bytes, coding: str) -> bytes:
    """The body, whole, without its content codings.

    Raises Unreadable when one is not known, when it is broken or ends too early, and when there
    is more in it than is read of an answer.
    """
    codings = [one.strip().lower() for one in coding.split(",")]
    packed = [one for one in codings if one not in _PLAIN]
    if len(packed) > _MOST_CODINGS or not _ZLIB.issuperset(packed):
        raise Unreadable(f"the answer is packed: {coding}"[:100])
    for _ in packed:
        body = _inflated(body)
    return body


def _inflated(body: bytes) -> bytes:
    try:
        return _whole(body, _ANY_HEADER)
    except zlib.error:
        pass  # many leave out deflate's header
    try:
        return _whole(body, _NO_HEADER)
    except zlib.error as error:
        raise Unreadable("the answer can't be unpacked") from error


def _whole(packed: bytes, window: int) -> bytes:
    """What is in one stream after another, as gzip allows."""
    found = bytearray()
    while True:
        stream = zlib.decompressobj(window)
        found += stream.decompress(packed, MAX_ANSWER_BYTES + 1 - len(found))
        if len(found) > MAX_ANSWER_BYTES or not stream.eof:
            raise Unreadable("the answer is packed, and too long or cut off")
        if not (packed := stream.unused_data):
            return bytes(found)
