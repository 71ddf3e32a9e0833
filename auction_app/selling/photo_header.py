"""What a photo's file says of itself before its pixels, without what may stand beside that."""

from auction_app.errors import PhotoRefused

_JPEG, _PNG = b"\xff\xd8", b"\x89PNG\r\n\x1a\n"
_PNG_HEADER_BYTES = 33
_METADATA = {*range(0xE0, 0xF0), 0xFE}
"""APP0 to APP15, and comments (ITU-T T.81, B.1.1.3)."""
_WITHOUT_LENGTH = {0x00, 0x01, *range(0xD0, 0xD8)}
_MOST_PARTS = 500
"""A colour profile may have 255, a long XMP as many as fit into the file; the rest are few."""


def without_metadata(upload: bytes) -> bytes:
    """A JPEG or PNG without its metadata, which somebody may have made to cost whoever reads it
    time and memory: profiles, EXIF, comments. Anything else, and what is wrong, stays as it is.

    Raises PhotoRefused for one of very many parts.
    """
    if upload.startswith(_JPEG):
        return _jpeg(upload)
    return _png(upload) if upload.startswith(_PNG) else upload


def _jpeg(upload: bytes) -> bytes:
    kept, at = [_JPEG], len(_JPEG)
    for _ in range(_MOST_PARTS):
        if upload[at : at + 1] != b"\xff" or upload[at + 1 : at + 2] in (b"", b"\xda"):
            return b"".join([*kept, upload[at:]])
        marker = upload[at + 1]
        end = at + _length(upload, at, marker)
        if marker not in _METADATA:
            kept.append(upload[at:end])
        at = end
    raise PhotoRefused("too_costly")


def _length(upload: bytes, at: int, marker: int) -> int:
    if marker == 0xFF:  # a fill byte before a marker
        return 1
    if marker in _WITHOUT_LENGTH:
        return 2
    return 2 + int.from_bytes(upload[at + 2 : at + 4])


def _png(upload: bytes) -> bytes:
    at = len(_PNG)
    for _ in range(_MOST_PARTS):
        if upload[at + 4 : at + 8] in (b"", b"IDAT", b"IEND"):
            return upload[:_PNG_HEADER_BYTES] + upload[at:]
        at += 12 + int.from_bytes(upload[at : at + 4])
    raise PhotoRefused("too_costly")
