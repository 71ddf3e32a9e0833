"""Turn an uploaded file into a photo that is safe to show."""

import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from PIL import ExifTags, Image, ImageCms, UnidentifiedImageError

from auction_app.errors import PhotoRefused
from auction_app.listings.model import LARGE, THUMBNAIL
from auction_app.selling.photo_header import without_metadata

LARGEST_BYTES = 10 * 1024 * 1024
LARGEST_PIXELS = 40_000_000
LARGEST_JPEG_PIXELS = 120_000_000
"""A JPEG is decoded at a fraction: a phone's 48 million pixels cost no more than others' 12."""
SMALLEST_SIDE = 100
MOST_SCANS = 100
"""Encoders write about ten; what searches for the smallest file, some dozens."""
_JPEG, _START_OF_SCAN = b"\xff\xd8", b"\xff\xda"
_FORMATS = ("JPEG", "PNG", "WEBP")
_TURNS: Mapping[Any, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What turns an image upright, by the orientation that its EXIF names (EXIF 2.32, 4.6.4.A)."""
_SRGB = ImageCms.createProfile("sRGB")
_BROKEN = (
    UnidentifiedImageError,
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    # Pillow's parsers meet a file that somebody has bent with whatever they stumble over.
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    struct.error,
)


def take_photo(upload: bytes) -> tuple[tuple[int, int], dict[int, bytes]]:
    """Decode a JPEG, PNG or WebP and encode it anew: ((width, height), {longest side: JPEG}).

    Nothing of the file but its pixels survives: no EXIF (its turn is applied first), no place,
    no comments, no trailing archive. Raises PhotoRefused.
    """
    _check_length(upload)
    _check_scans(upload)
    with _translated_errors():
        image = _decode(upload)
    sizes = {side: _encode(image, side) for side in (LARGE, THUMBNAIL)}
    return image.size, sizes


def look_at_photo(upload: bytes) -> None:
    """Refuse by length and header alone what can't be a photo, without decoding it or reading its
    metadata: quick enough for a page, which no bound ends. Raises PhotoRefused."""
    _check_length(upload)
    _check_scans(upload)
    with _translated_errors(), _open(without_metadata(upload)):
        pass


def _check_length(upload: bytes) -> None:
    if not upload:
        raise PhotoRefused("missing")
    if len(upload) > LARGEST_BYTES:
        raise PhotoRefused("too_big")


def _check_scans(upload: bytes) -> None:
    """Each scan of a progressive JPEG goes over the whole picture: a small file of thousands takes
    minutes. What is compressed holds no markers (ITU-T T.81, B.1.1.5), so they can be counted."""
    if upload.startswith(_JPEG) and upload.count(_START_OF_SCAN) > MOST_SCANS:
        raise PhotoRefused("too_costly")


@contextmanager
def _translated_errors() -> Iterator[None]:
    try:
        yield
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PhotoRefused("too_many_pixels") from error
    except _BROKEN as error:
        raise PhotoRefused("not_an_image") from error


@contextmanager
def _open(upload: bytes) -> Iterator[Image.Image]:
    Image.MAX_IMAGE_PIXELS = LARGEST_JPEG_PIXELS
    with Image.open(BytesIO(upload), formats=_FORMATS) as image:
        # The header says how many pixels there will be before any is decoded.
        most = LARGEST_JPEG_PIXELS if image.format == "JPEG" else LARGEST_PIXELS
        if image.width * image.height > most:
            raise PhotoRefused("too_many_pixels")
        if min(image.size) < SMALLEST_SIDE:
            raise PhotoRefused("too_small")
        yield image


def _decode(upload: bytes) -> Image.Image:
    with _open(upload) as image:
        image.draft("RGB", (LARGE, LARGE))  # a JPEG is decoded at an eighth, if that's enough
        image.load()
        turned = _smooth(_upright(image))
        turned.thumbnail((LARGE, LARGE), Image.Resampling.LANCZOS)
        return _on_white(_in_srgb(turned))


def _upright(image: Image.Image) -> Image.Image:
    # Not ImageOps.exif_transpose: that writes the rest of the EXIF anew, and can't if a camera
    # wrote any of it wrongly.
    turn = _TURNS.get(image.getexif().get(ExifTags.Base.Orientation))
    return image if turn is None else image.transpose(turn)


def _smooth(image: Image.Image) -> Image.Image:
    """In a mode whose pixels can be mixed, of 8 bits: of a palette or of black and white only
    shrinking would drop thin lines, and Pillow clips 16 bits where it should scale them."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in {"P", "PA"}:
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image.convert("L") if image.mode == "1" else image


def _in_srgb(image: Image.Image) -> Image.Image:
    """With the colours that its profile means, which is dropped after; one that is broken, or of
    another kind of image, means nothing."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in {"L", "RGB", "RGBA", "CMYK"}:
        return image
    opaque = image.convert("RGB") if image.mode == "RGBA" else image
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        done = ImageCms.profileToProfile(opaque, source, _SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return image
    if done is None:
        return image
    if image.mode == "RGBA":
        done.putalpha(image.getchannel("A"))
    return done


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    page = Image.new("RGB", image.size, "white")
    layer = image.convert("RGBA")
    page.paste(layer, mask=layer.getchannel("A"))
    return page


def _encode(image: Image.Image, side: int) -> bytes:
    copy = image.copy()
    copy.info.clear()
    copy.thumbnail((side, side), Image.Resampling.LANCZOS)
    out = BytesIO()
    copy.save(out, "JPEG", quality=84, optimize=True, progressive=True)
    return out.getvalue()
